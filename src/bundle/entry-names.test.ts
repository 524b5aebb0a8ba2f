import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classifyEntryName, dataEntryName, objectEntryName, objectName } from "./entry-names";

const id = "3f0c8a54-6f0e-4b1f-9a77-0d3c1c8d5e01";

describe("an object's name", () => {
  it.each([
    ["organizations/1/files/report/a.pdf", "a.pdf"],
    ["a b/c d.txt", "c_d.txt"],
    ["Prüfung №2.txt", "Pr_fung__2.txt"],
    ["😀.png", "_.png"],
    ["back\\slash", "back_slash"],
    ["ends/with/", "object"],
    ["..", "object"],
    ["a/.", "object"],
    ["", "object"],
    ["...", "..."],
    [`${"x".repeat(200)}.png`, `${"x".repeat(96)}.png`],
    ["nul\0.txt", "nul_.txt"],
  ])("%j becomes %j", (key, name) => {
    expect(objectName(key)).toBe(name);
  });

  it("is one that readers take, whatever the key", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (key) => {
        expect(classifyEntryName(objectEntryName(id, key))).toEqual({ kind: "object", fileId: id });
      }),
    );
  });
});

describe("an entry's name", () => {
  it.each([
    ["manifest.json", { kind: "manifest" }],
    ["checksums.json", { kind: "checksums" }],
    ["data/asset_edges.json", { kind: "data", table: "asset_edges" }],
    [`files/${id}/a.txt`, { kind: "object", fileId: id }],
    ["data/", { kind: "directory" }],
    ["files/", { kind: "directory" }],
    [`files/${id}/`, { kind: "directory" }],
  ])("%s is known", (name, kind) => {
    expect(classifyEntryName(name)).toEqual(kind);
  });

  it.each([
    "", "/", "data", "data/.json", "data/1a.json", "data/Assets.json", "data/assets.json/", "data/assets.json\n", "data/a/b.json",
    "xdata/assets.json", "Manifest.json", "manifest.json ", "files", `files/${id}`, `files/${id.toUpperCase()}/a`, `files/${id}/..`, `files/${id}/.`,
    `files/${id}/a/b`, `files/${id}/é`, `files/${id}/${"a".repeat(101)}`, `files/${id.slice(1)}/a`, "files/x/", "__proto__",
  ])("%j is not", (name) => {
    expect(classifyEntryName(name)).toBeNull();
  });

  it("is made of tables and uuids only", () => {
    expect(dataEntryName("assets")).toBe("data/assets.json");
    expect(() => dataEntryName("../assets")).toThrow(RangeError);
    expect(() => objectEntryName("../../etc", "passwd")).toThrow(RangeError);
  });
});
