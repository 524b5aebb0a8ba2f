import { createHash } from "node:crypto";
import type { file_type } from "@/generated/prisma/enums";
import { fileContent, type FileContent } from "./file-contents";
import type { Inventory, OrganizationShare } from "./inventory";
import { coverThenDraw, inTurn } from "./random";

export interface StoredFile {
  readonly type: file_type;
  readonly originalName: string;
  readonly objectKey: string;
  readonly contentType: string;
  readonly content: FileContent;
  /** Index of the scan that collected it. */
  readonly scan: number | null;
}

const types = ["screenshot", "raw_output", "report", "evidence", "artifact", "other"] as const satisfies file_type[];
const typeWeights = [40, 25, 10, 15, 5, 5];

const formats: Readonly<Record<file_type, { extension: string; contentType: string }>> = {
  screenshot: { extension: "png", contentType: "image/png" },
  raw_output: { extension: "jsonl", contentType: "application/x-ndjson" },
  report: { extension: "html", contentType: "text/html; charset=utf-8" },
  evidence: { extension: "txt", contentType: "text/plain; charset=utf-8" },
  artifact: { extension: "bin", contentType: "application/octet-stream" },
  other: { extension: "txt", contentType: "text/plain; charset=utf-8" },
};

/** Names that are legal in a key, and awkward as a path, in a URL or in an archive. */
const oddKeyNames = [
  "отчёт 2026 日本語.txt",
  "a b+c%2Fd&e=f?#g.txt",
  "dots..and...more..txt",
  `quotes'"\`.txt`,
  "back\\slash:colon|pipe<star>*.txt",
  "👩🏽‍🚀 e\u0301 zero\u200bwidth.bin",
  "trailing dot.",
  `${"n".repeat(800)}.txt`,
] as const;

/** Names as people's machines had them; none of these reaches a key. */
const oddOriginalNames = [
  "../../etc/passwd",
  "C:\\temp\\scan\u0001.txt",
  "",
  "name\nwith\tbreaks",
  "CON",
  "\u202egnp.exe",
] as const;

/** The file without its row: what it is, where its object lies and what that holds. */
export function storedFile(inventory: Inventory, organization: OrganizationShare, index: number): StoredFile {
  const { source, options, ids } = inventory;
  const random = source.random("files", index);
  const type = coverThenDraw(types, typeWeights, index, random);
  const { extension, contentType } = formats[type];
  const scan = index % 3 === 2 ? null : organization.scans.start + random.integer(organization.scans.count);
  const plainName = `${type}-${index + 1}.${extension}`;
  const folder = scan === null ? "files" : `scans/${ids.scan(scan)}`;
  const lastPart = `${source.uuid("objects", index)}-${keyName(plainName, index)}`;
  return {
    type,
    originalName: index % 11 === 8 ? inTurn(oddOriginalNames, Math.floor(index / 11)) : plainName,
    objectKey: `organizations/${organization.id}/${folder}/${type}/${lastPart}`,
    contentType,
    content: fileContent(source, options, index, type),
    scan,
  };
}

/** @returns lower-case hexadecimal. */
export function sha256Of(content: FileContent): string {
  const hash = createHash("sha256");
  for (const chunk of content.chunks()) hash.update(chunk);
  return hash.digest("hex");
}

function keyName(plain: string, index: number): string {
  // Often enough that forty files have five of them, and seldom in a large inventory.
  const odd = index < 64 ? index % 8 === 6 : index % 97 === 6;
  return odd ? inTurn(oddKeyNames, Math.floor(index / 8)) : plain;
}
