import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { rowSampleSchema, type ConflictMode, type RowSample } from "@/backup";

import { asNoRoom } from "./disk";
import { folderOf } from "./staging";

/** What a preview said, and the rows to look at, kept beside its bundle for as long as that. */

const answerName = "answer.json";
const samplesName = "samples";

/** Which rows: `mode` for updates, which depend on it, null for the rest. */
export interface SampleSelection {
  table: string;
  kind: RowSample["kind"];
  mode: ConflictMode | null;
}

/** @throws RequestError `no_room` */
export async function writeAnswer(id: string, answer: object): Promise<void> {
  await asNoRoom(writeFile(path.join(folderOf(id), answerName), JSON.stringify(answer), { mode: 0o600 }));
}

/** Null where the preview was never answered. Whoever asks holds the preview. */
export async function readAnswer(id: string): Promise<unknown> {
  const text = await readIfThere(path.join(folderOf(id), answerName));
  return text === null ? null : JSON.parse(text);
}

/** Adds rows, one a line, to a file for each table, kind and mode. @throws RequestError `no_room` */
export async function writeSamples(id: string, samples: readonly RowSample[]): Promise<void> {
  const files = new Map<string, string[]>();
  for (const sample of samples) {
    const file = sampleFile(id, sample);
    const lines = files.get(file) ?? [];
    if (lines.length === 0) files.set(file, lines);
    lines.push(`${JSON.stringify(sample)}\n`);
  }
  await asNoRoom(mkdir(path.join(folderOf(id), samplesName), { recursive: true, mode: 0o700 }));
  for (const [file, lines] of files) await asNoRoom(appendFile(file, lines.join(""), { mode: 0o600 }));
}

/** In the order of the bundle. Whoever asks holds the preview. */
export async function readSamples(id: string, selection: SampleSelection): Promise<RowSample[]> {
  const text = (await readIfThere(sampleFile(id, selection))) ?? "";
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => rowSampleSchema.parse(JSON.parse(line)));
}

/** For a preview that is made again. */
export async function forgetContents(id: string): Promise<void> {
  await rm(path.join(folderOf(id), samplesName), { recursive: true, force: true });
  await rm(path.join(folderOf(id), answerName), { force: true });
}

/** Table, kind and mode are ours: names of the registry, never from a bundle. */
function sampleFile(id: string, { table, kind, mode }: SampleSelection): string {
  return path.join(folderOf(id), samplesName, [table, kind, ...(mode === null ? [] : [mode]), "jsonl"].join("."));
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
