import { randomUUID } from "node:crypto";
import { appendFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { rowSampleSchema, type ConflictMode, type RowSample } from "@/backup";

import { asNoRoom } from "./disk";
import { folderOf } from "./staging";

/** What a preview said, and the rows to look at, kept beside its bundle for as long as that. */

const contentsName = "contents";
const answerName = "answer.json";

/** Which rows: `mode` for updates, which depend on it, null for the rest. */
export interface SampleSelection {
  table: string;
  kind: RowSample["kind"];
  mode: ConflictMode | null;
}

/**
 * What a preview that is under way will keep. Until `keep`, what an earlier one of the same
 * bundle said stays; two at once don't mix. Whoever begins one holds the preview.
 */
export class NewContents {
  private readonly next: string;

  constructor(private readonly id: string) {
    this.next = `next-${randomUUID()}`;
  }

  /** Adds rows, one a line, to a file for each table, kind and mode. @throws RequestError `no_room` */
  async addSamples(samples: readonly RowSample[]): Promise<void> {
    const files = new Map<string, string[]>();
    for (const sample of samples) {
      const file = sampleFile(this.id, this.next, sample);
      const lines = files.get(file) ?? [];
      if (lines.length === 0) files.set(file, lines);
      lines.push(`${JSON.stringify(sample)}\n`);
    }
    await this.makeFolder();
    for (const [file, lines] of files) await asNoRoom(appendFile(file, lines.join(""), { mode: 0o600 }));
  }

  /** @throws RequestError `no_room` */
  async keep(answer: object): Promise<void> {
    await this.makeFolder();
    const folder = folderOf(this.id);
    const next = path.join(folder, this.next);
    await asNoRoom(writeFile(path.join(next, answerName), JSON.stringify(answer), { mode: 0o600 }));
    await replaceFolder(next, path.join(folder, contentsName));
  }

  /** Nothing of it is kept. Does nothing after `keep`. */
  async discard(): Promise<void> {
    await rm(path.join(folderOf(this.id), this.next), { recursive: true, force: true });
  }

  private async makeFolder(): Promise<void> {
    await asNoRoom(mkdir(path.join(folderOf(this.id), this.next), { recursive: true, mode: 0o700 }));
  }
}

/** Null where the preview was never answered. Whoever asks holds the preview. */
export async function readAnswer(id: string): Promise<unknown> {
  const text = await readIfThere(path.join(folderOf(id), contentsName, answerName));
  return text === null ? null : JSON.parse(text);
}

/** In the order of the bundle. Whoever asks holds the preview. */
export async function readSamples(id: string, selection: SampleSelection): Promise<RowSample[]> {
  const text = (await readIfThere(sampleFile(id, contentsName, selection))) ?? "";
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => rowSampleSchema.parse(JSON.parse(line)));
}

/** Table, kind and mode are ours: names of the registry, never from a bundle. */
function sampleFile(id: string, contents: string, { table, kind, mode }: SampleSelection): string {
  return path.join(folderOf(id), contents, [table, kind, ...(mode === null ? [] : [mode]), "jsonl"].join("."));
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** A folder cannot be renamed over one that holds something; another preview may put one there at any moment. */
async function replaceFolder(from: string, to: string): Promise<void> {
  for (;;) {
    await rm(to, { recursive: true, force: true });
    try {
      return await rename(from, to);
    } catch (error) {
      const taken = error instanceof Error && "code" in error && (error.code === "ENOTEMPTY" || error.code === "EEXIST");
      if (!taken) throw error;
    }
  }
}
