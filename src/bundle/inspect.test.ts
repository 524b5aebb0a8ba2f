import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import JSZip from "jszip";
import { describe, expect, it } from "vitest";
import { inspectBundle } from "./inspect";

const fixtures = path.join(import.meta.dirname, "../../tests/bundle/fixtures");
const whole = readFileSync(path.join(fixtures, "format-1.zip"));
const inspect = (bytes: Uint8Array, largest?: number) => inspectBundle(new Blob([new Uint8Array(bytes)]), largest);

/** The frozen bundle with some of its entries changed by another program. */
async function changed(change: (archive: JSZip) => void): Promise<Uint8Array> {
  const archive = await JSZip.loadAsync(whole);
  change(archive);
  return archive.generateAsync({ type: "uint8array" });
}

const withManifest = (text: string) => changed((archive) => void archive.file("manifest.json", text));

describe("a look into a file in the browser", () => {
  it("tells what a bundle says of itself", async () => {
    const manifest: unknown = JSON.parse(await (await JSZip.loadAsync(whole)).file("manifest.json")?.async("text") ?? "");
    const inspection = await inspect(whole);
    expect(inspection).toMatchObject({ outcome: "bundle" });
    if (inspection.outcome !== "bundle") return;
    const { objects, ...summary } = inspection.summary;
    expect(manifest).toMatchObject(summary);
    const { files } = manifest as { files: { size: number }[] };
    expect(objects).toEqual({ count: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) });
    expect(objects.count).toBeGreaterThan(0);
  });

  it("sees only the end of what is too large to be held", async () => {
    expect(await inspect(whole, whole.length - 1)).toEqual({ outcome: "unseen" });
    expect(await inspect(whole.subarray(0, -1), 10)).toMatchObject({ outcome: "refused", code: "not_a_zip" });
  });

  it.each([
    ["nothing", new Uint8Array(), "not_a_zip", "no ZIP"],
    ["text", new TextEncoder().encode("Dear admin, this is no bundle at all."), "not_a_zip", "no ZIP"],
    ["a download that broke off", whole.subarray(0, whole.length / 2), "not_a_zip", "end is missing"],
    ["something after the end", Buffer.concat([whole, Buffer.from("x")]), "trailing_data", "after its end record"],
  ])("refuses %s", async (_name, bytes, code, message) => {
    const inspection = await inspect(bytes);
    expect(inspection).toMatchObject({ outcome: "refused", code });
    expect(inspection).toHaveProperty("message", expect.stringContaining(message));
  });

  it.each([
    ["a ZIP of something else", () => new JSZip().file("holiday.jpg", "x").generateAsync({ type: "uint8array" }), "entry_missing"],
    ["a damaged manifest", () => withManifest('{"format":"system-backup","format_version":1,'), "manifest_invalid"],
    ["a manifest without anything", () => withManifest('{"format":"system-backup","format_version":1}'), "manifest_invalid"],
    ["another program's manifest", () => withManifest('{"name":"extension","version":3}'), "format_unknown"],
    ["a newer format", () => withManifest('{"format":"system-backup","format_version":2,"entries":[]}'), "format_newer"],
    ["a bundle without a table", () => changed((archive) => void archive.remove("data/assets.json")), "tables_differ"],
    ["a bundle without checksums", () => changed((archive) => void archive.remove("checksums.json")), "entry_missing"],
    ["a bundle without its objects", () => changed((archive) => void archive.remove("files")), "file_reference_differs"],
    ["a bundle with more in it", () => changed((archive) => void archive.file("README.txt", "x")), "entry_unknown"],
  ])("refuses %s", async (_name, make, code) => {
    expect(await inspect(await make())).toMatchObject({ outcome: "refused", code });
  });

  /** What a look without reading rows and objects, and without ZIP's finer rules, has to find. */
  const seen = ["not_a_zip", "trailing_data", "entry_missing", "format_unknown", "format_newer", "entry_unknown"];

  it.each(readdirSync(path.join(fixtures, "refused")))("never fails on %s", async (name) => {
    const inspection = await inspect(readFileSync(path.join(fixtures, "refused", name)));
    const [code = ""] = name.split(".");
    if (seen.includes(code)) expect(inspection).toMatchObject({ outcome: "refused", code });
    else expect(["bundle", "refused"]).toContain(inspection.outcome);
  });
});
