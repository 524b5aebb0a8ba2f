export default function Home() {
  return <h1>System Backup</h1>;
}
