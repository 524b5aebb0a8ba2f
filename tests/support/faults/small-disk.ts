import { execFile } from "node:child_process";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Mounting takes root. */
export const canMount = process.platform === "linux" && process.getuid?.() === 0;

/** A file system of its own in memory, small enough to be filled. */
export interface SmallDisk {
  directory: string;
  /** Other options, such as `ro`, `size=1m` or `nr_inodes=2`. */
  remount(options: string): Promise<void>;
  /** Leaves so many bytes free. */
  fill(bytesLeft: number): Promise<void>;
  empty(): Promise<void>;
  free(): Promise<number>;
  unmount(): Promise<void>;
}

export async function mountSmallDisk(directory: string, bytes: number): Promise<SmallDisk> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await run("mount", ["-t", "tmpfs", "-o", `size=${bytes},mode=0700`, "faults", directory]);
  const ballast = path.join(directory, "ballast");
  const free = async () => {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  };
  return {
    directory,
    free,
    remount: async (options) => {
      await run("mount", ["-o", `remount,${options}`, directory]);
    },
    fill: async (bytesLeft) => {
      const size = (await free()) - bytesLeft;
      // tmpfs gives nothing away for a hole, so it is written.
      if (size > 0) await writeFile(ballast, Buffer.alloc(size)).catch(ignoreFull);
    },
    empty: () => rm(ballast, { force: true }),
    unmount: async () => {
      await run("umount", ["--lazy", directory]);
    },
  };
}

/** Somebody else wrote meanwhile: full is what it was to be. */
function ignoreFull(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
}
