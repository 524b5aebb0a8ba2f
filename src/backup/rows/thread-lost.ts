import { BackupError } from "../errors";

export function threadLost(cause: Error | null): BackupError {
  return new BackupError("thread_lost", "A thread that works on rows has ended. Nothing was changed; try again.", { cause });
}
