import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { file_type } from "@/generated/prisma/enums";
import { fileContent } from "./file-contents";
import { Source } from "./random";

const source = new Source("contents");
const options = { organizations: 1, assets: 0, vulnerabilities: 0, files: 12, seed: "contents" };
const bytesOf = (index: number, type: file_type, fileBytes?: number) => {
  const content = fileContent(source, { ...options, fileBytes }, index, type);
  return { bytes: Buffer.concat([...content.chunks()]), size: content.size };
};

test.each(Object.values(file_type))("a %s has the size it states, and the same bytes each time", (type) => {
  for (const index of [0, 1, 2, 3, 4, 11]) {
    const { bytes, size } = bytesOf(index, type);
    expect(bytes).toHaveLength(size);
    expect(digest(bytesOf(index, type).bytes)).toBe(digest(bytes));
  }
  expect(digest(bytesOf(4, type).bytes)).not.toBe(digest(bytesOf(5, type).bytes));
});

test("a total of bytes is met exactly, and they do not compress", () => {
  const contents = Array.from({ length: 12 }, (_, index) => bytesOf(index, "other", 1_000_001).bytes);
  const all = Buffer.concat(contents);
  expect(all).toHaveLength(1_000_001);
  expect(gzipSync(all).length).toBeGreaterThan(1_000_000);
});

function digest(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
