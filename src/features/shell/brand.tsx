import { DatabaseBackup } from "lucide-react";

export function Brand() {
  return (
    <span className="flex items-center gap-2.5 font-semibold tracking-tight">
      <span className="flex size-7 items-center justify-center rounded-md bg-accent text-on-accent">
        <DatabaseBackup aria-hidden className="size-4" />
      </span>
      System Backup
    </span>
  );
}
