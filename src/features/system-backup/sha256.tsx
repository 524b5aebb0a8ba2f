import { CopyButton } from "@/components/ui/copy-button";

export function Sha256({ value }: { value: string }) {
  return (
    <span className="flex flex-wrap items-center gap-2">
      <code className="font-mono text-[0.8125rem] break-all">{value}</code>
      <CopyButton text={value} what="SHA-256" />
    </span>
  );
}
