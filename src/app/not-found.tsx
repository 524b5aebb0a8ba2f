import { MessagePage } from "@/components/ui/message-page";

export const metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main>
      <MessagePage title="There is no such page">
        <p>The address may be mistyped, or what it showed is gone.</p>
      </MessagePage>
    </main>
  );
}
