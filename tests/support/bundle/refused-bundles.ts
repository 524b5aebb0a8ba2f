import { crc32, deflateRawSync } from "node:zlib";
import type { BundleErrorCode, OpenBundleOptions } from "@/bundle";
import {
  bundleContents,
  checksumsOf,
  objectEntry,
  sampleData,
  sampleManifest,
  sha256,
  toEntries,
  type Contents,
  type Manifest,
} from "./sample-bundle";
import { buildZip, extraField, numbers, type ArchiveSpec, type EntrySpec } from "./zip-builder";

/**
 * Bundles that are wrong in one way each, by what is wrong with them. tests/bundle/fixtures/refused
 * holds them frozen; make-fixtures.ts wrote them from here.
 */
export const refusedBundles: Partial<Record<BundleErrorCode, Record<string, () => Buffer>>> = {
  not_a_zip: {
    empty: () => Buffer.alloc(0),
    text: () => Buffer.from("This is no ZIP archive, although it is long enough.\n"),
    cut: () => sample().subarray(0, -40),
    "comment-cut": () => archive({ end: { commentLength: 5 } }),
  },
  several_disks: {
    end: () => archive({ end: { disk: 1 } }),
    directory: () => archive({ end: { directoryDisk: 1 } }),
    entry: () => change("data/scopes.json", { disk: 1 }),
    zip64: () => archive({ zip64: { disks: 2 } }),
    "zip64-end": () => archive({ zip64: true, end: { disk: 1 } }),
  },
  directory_invalid: {
    signature: () => archive({ centralSignature: 0x02014b51 }),
    "too-long": () => archive({ end: { size: 100_000 } }),
    "too-short": () => withEnd((truth) => ({ size: truth.size - 10, offset: truth.offset + 10 })),
    "zip64-missing": () => archive({ end: { entries: 0xffff } }),
    "zip64-no-room": () => buildZip({ entries: [], end: { entries: 0xffff } }),
    "zip64-signature": () => archive({ zip64: { signature: 0x06064b51 } }),
    "zip64-locator": () => archive({ zip64: { locatorSignature: 0x07064b51 } }),
    "zip64-extended": () => archive({ zip64: { recordSize: 60 } }),
    "zip64-past-2-53": () => archive({ zip64: { entries: 2 ** 60 } }),
    "zip64-disagrees": () => archive({ zip64: true, end: { entries: 3 } }),
    "zip64-elsewhere": () => archive({ zip64: { locatorOffset: 0 } }),
    "cut-in-name": () => {
      const record = Buffer.alloc(46);
      record.writeUInt32LE(0x02014b50, 0);
      record.writeUInt16LE(100, 28);
      return archive({ end: { entries: 5, entriesOnDisk: 5 }, gapBeforeEnd: record }, record.length);
    },
    "cut-in-record": () => archive({ end: { entries: 5, entriesOnDisk: 5 }, gapBeforeEnd: Buffer.alloc(20) }, 20),
  },
  wrong_count: {
    more: () => archive({ end: { entries: 5 } }),
    fewer: () => archive({ end: { entries: 3 } }),
    "on-disk": () => archive({ end: { entriesOnDisk: 3 } }),
    zip64: () => archive({ zip64: { entries: 5 } }),
  },
  leading_data: {
    script: () => archive({ prefix: Buffer.from("#!/bin/sh\n") }),
  },
  trailing_data: {
    bytes: () => archive({ suffix: Buffer.from("more") }),
    comment: () => archive({ end: { comment: Buffer.from("a comment") } }),
  },
  gap: {
    "between-entries": () => change("data/scopes.json", { gapAfter: Buffer.alloc(64) }),
    "after-descriptor": () => change("data/scopes.json", { descriptor: true, gapAfter: Buffer.alloc(64) }),
    "before-directory": () => change("checksums.json", { gapAfter: Buffer.from("x") }),
    "before-end": () => archive({ gapBeforeEnd: Buffer.from("x") }),
    "hidden-entry": () => change("data/scopes.json", { gapAfter: hiddenEntry() }),
    "second-archive-in-comment": () => archive({ end: { comment: sample() } }),
  },
  entries_overlap: {
    "same-data": () => insert({ name: "data/users.json", content: Buffer.from("[]\n"), onlyCentral: true, offset: 0 }),
    "past-directory": () => change("checksums.json", { offset: 100_000 }),
    "into-next": () => change("data/scopes.json", { method: 0, size: 4000, compressedSize: 4000 }),
    "by-local-extra": () => overlapByExtra(),
    "header-past-directory": () => {
      const bytes = sample();
      // Length of the extra fields in the local header of the last entry.
      bytes.writeUInt16LE(0xffff, bytes.indexOf("checksums.json") - 2);
      return bytes;
    },
  },
  header_invalid: {
    signature: () => change("data/scopes.json", { local: { signature: 0x04034b51 } }),
  },
  header_differs: {
    name: () => change("data/scopes.json", { local: { name: "data/score_.json" } }),
    method: () => change("data/scopes.json", { local: { method: 0 } }),
    flags: () => change("data/scopes.json", { local: { flags: 2 } }),
    "utf8-flag": () => change("data/scopes.json", { local: { flags: 1 << 11 } }),
    size: () => change("data/scopes.json", { local: { size: 1 } }),
    "packed-size": () => change("data/scopes.json", { local: { compressedSize: 1 } }),
    crc: () => change("data/scopes.json", { local: { crc32: 1 } }),
    "size-with-descriptor": () => change("data/scopes.json", { descriptor: true, local: { size: 1 } }),
    "zero-without-descriptor": () => change("data/scopes.json", { local: { crc32: 0, size: 0, compressedSize: 0 } }),
    "descriptor-flag": () => change("data/scopes.json", { local: { flags: 8 } }),
  },
  descriptor_differs: {
    crc: () => change("data/scopes.json", { descriptor: numbers([0x08074b50, 4], [1, 4], [1, 4], [1, 4]) }),
    signature: () => change("data/scopes.json", { descriptor: Buffer.alloc(16) }),
    absent: () => change("data/scopes.json", { descriptor: Buffer.alloc(0) }),
    length: () => change("data/scopes.json", { descriptor: Buffer.alloc(13) }),
  },
  encrypted: {
    flag: () => change("data/scopes.json", { flags: 1 }),
    strong: () => change("data/scopes.json", { flags: 1 << 6 }),
    masked: () => change("data/scopes.json", { flags: 1 << 13 }),
    manifest: () => change("manifest.json", { flags: 1 }),
  },
  method_unsupported: {
    bzip2: () => change("data/scopes.json", { method: 12 }),
    aes: () => change("data/scopes.json", { method: 99 }),
  },
  flags_unsupported: {
    patch: () => change("data/scopes.json", { flags: 1 << 5 }),
  },
  special_file: {
    symlink: () => change("data/scopes.json", { externalAttributes: (0o120777 << 16) >>> 0 }),
    fifo: () => change("data/scopes.json", { externalAttributes: (0o010644 << 16) >>> 0 }),
    "folder-as-file": () => change("data/scopes.json", { externalAttributes: 0x10 }),
    "symlink-as-folder": () => insert({ ...folder("data/"), externalAttributes: (0o120777 << 16) >>> 0 }),
  },
  extra_field_invalid: {
    "past-end": () => change("data/scopes.json", { centralExtra: numbers([0x5455, 2], [9, 2], [0, 4]) }),
    "rest-of-three": () => change("data/scopes.json", { centralExtra: Buffer.alloc(3) }),
    twice: () => change("data/scopes.json", { centralExtra: Buffer.concat([time(), time()]) }),
    "zip64-needless": () => change("data/scopes.json", { centralExtra: extraField(1, Buffer.alloc(8)) }),
    "zip64-missing": () => change("data/scopes.json", { size: 0xffffffff, local: { size: 10 } }),
    "zip64-local": () => change("data/scopes.json", { localExtra: extraField(1, Buffer.alloc(16)) }),
    "zip64-past-2-53": () =>
      change("data/scopes.json", {
        size: 0xffffffff,
        centralExtra: extraField(1, Buffer.alloc(8, 0xff)),
        local: { size: 10 },
      }),
  },
  extra_field_unknown: {
    aes: () => change("data/scopes.json", { centralExtra: extraField(0x9901, Buffer.alloc(7)) }),
    "asi-unix-link": () => change("data/scopes.json", { centralExtra: extraField(0x756e, Buffer.alloc(14)) }),
    local: () => change("data/scopes.json", { localExtra: extraField(0xbeef, Buffer.alloc(1)) }),
  },
  unicode_path_differs: {
    name: () => change("data/scopes.json", { centralExtra: unicodePath("data/scopes.json", "data/assets.json") }),
    crc: () => change("data/scopes.json", { centralExtra: unicodePath("data/other.json", "data/scopes.json") }),
    local: () => change("data/scopes.json", { localExtra: unicodePath("data/scopes.json", "../scopes.json") }),
    short: () => change("data/scopes.json", { centralExtra: extraField(0x7075, Buffer.from([1])) }),
  },
  name_encoding: {
    unmarked: () => named(Buffer.from("data/é.json"), 0),
    overlong: () => named(Buffer.from([0x64, 0xc0, 0xaf, 0x78]), 1 << 11),
    surrogate: () => named(Buffer.from([0x64, 0xed, 0xa0, 0x80]), 1 << 11),
    cut: () => named(Buffer.from([0x64, 0xc3]), 1 << 11),
  },
  name_control_character: {
    newline: () => named("data/a\n.json"),
    nul: () => named("data/a.json\0.txt"),
    delete: () => named("data/\x7f.json"),
    c1: () => named("data/\u0085.json", 1 << 11),
  },
  name_backslash: { backslash: () => named("data\\users.json") },
  name_absolute: { absolute: () => named("/data/users.json") },
  name_drive_letter: { drive: () => named("C:data/users.json") },
  name_traversal: {
    "in-front": () => named("../users.json"),
    inside: () => named("files/../users.json"),
    behind: () => named("files/.."),
  },
  name_duplicate: {
    data: () => named("data/scopes.json"),
    manifest: () => insert({ name: "manifest.json", content: Buffer.from("{}") }),
  },
  name_collision: {
    case: () => named("data/SCOPES.json"),
    "unicode-form": () => pair("data/é.json".normalize("NFC"), "data/é.json".normalize("NFD")),
    "sharp-s": () => pair("data/straße.json", "data/STRASSE.json"),
    ligature: () => pair("data/ﬁle.json", "data/file.json"),
  },
  name_too_long: { long: () => named(`data/${"a".repeat(251)}`) },
  entry_unknown: {
    readme: () => named("README.txt"),
    table: () => named("data/Users.json"),
    "no-uuid": () => named("files/1/a.txt"),
    deeper: () => named(`${objectEntry}/more`),
    "dot-object": () => named("files/11111111-1111-4111-8111-111111111111/."),
    folder: () => insert(folder("other/")),
    prototype: () => named("__proto__"),
  },
  entry_missing: {
    everything: () => buildZip({ entries: [] }),
    manifest: () => archiveOf(without(bundleContents(), "manifest.json")),
    checksums: () => archiveOf(without(bundleContents(), "checksums.json")),
  },
  deflate_invalid: {
    noise: () => change("data/scopes.json", { packed: Buffer.alloc(40, 0xff) }),
    "no-last-block": () => change("data/scopes.json", { packed: packedScopes().subarray(0, -4) }),
    "data-after-end": () => change("data/scopes.json", { packed: Buffer.concat([packedScopes(), Buffer.from("hidden")]) }),
    nothing: () => change("data/scopes.json", { packed: Buffer.alloc(0) }),
  },
  size_differs: {
    longer: () => change("data/scopes.json", { size: 10 }),
    shorter: () => change("data/scopes.json", { size: 100_000 }),
    stored: () => change("data/scopes.json", { method: 0, size: 10 }),
    folder: () => insert({ name: "data/", content: Buffer.from("hidden") }),
    bomb: () => change("data/scopes.json", { packed: deflateRawSync(Buffer.alloc(1_000_000)) }),
  },
  crc_differs: {
    deflated: () => change("data/scopes.json", { crc32: 1 }),
    stored: () => change(objectEntry, { method: 0, crc32: 1 }),
  },
  checksum_differs: {
    data: () => change("data/scopes.json", { content: Buffer.from('[{"id":1},{"id":2}]') }),
    manifest: () => change("manifest.json", { content: Buffer.from(`${JSON.stringify(sampleManifest())}\n`) }),
  },
  upload_too_large: { sample },
  too_many_entries: { sample },
  entry_too_large: { sample },
  total_too_large: { sample },
  manifest_too_large: { sample },
  ratio_too_high: {
    spaces: () => {
      const content = Buffer.alloc(17 * 1024 * 1024, 0x20);
      content.write("[{},{}]");
      return withData("data/scopes.json", content);
    },
  },
  row_too_large: {
    string: () => withData("data/scopes.json", Buffer.from(`[{"a":1},{"b":"${"x".repeat(2000)}"}]`)),
    spaces: () => withData("data/scopes.json", Buffer.from(`[{"a":1},{"b":${" ".repeat(2000)}1}]`)),
  },
  nesting_too_deep: {
    row: () => withData("data/scopes.json", Buffer.from(`[{},{"a":${"[".repeat(256)}${"]".repeat(256)}}]`)),
    objects: () => withData("data/scopes.json", Buffer.from(`[{},${'{"a":'.repeat(257)}1${"}".repeat(257)}]`)),
    manifest: () => withManifestText((text) => text.replace('"sample"', `${"[".repeat(260)}${"]".repeat(260)}`)),
  },
  format_unknown: {
    other: () => withManifest((manifest) => (manifest.format = "other-backup")),
    missing: () => withManifest((manifest) => (manifest.format = undefined)),
  },
  format_newer: {
    version: () => withManifest((manifest) => (manifest.format_version = 2)),
    "another-shape": () => withManifestText(() => '{"format":"system-backup","format_version":3,"data":[]}'),
    "unknown-entries": () => {
      const manifest = { ...sampleManifest(), format_version: 2 };
      const contents = bundleContents({ manifest });
      contents.set("index.bin", Buffer.from("x"));
      return archiveOf(contents);
    },
    "without-checksums": () => archiveOf(without(bundleContents({ manifest: { ...sampleManifest(), format_version: 2 } }), "checksums.json")),
  },
  manifest_invalid: {
    text: () => withManifestText(() => "not JSON"),
    array: () => withManifestText(() => "[]"),
    version: () => withManifest((manifest) => (manifest.format_version = "1")),
    "version-text": () => withManifest((manifest) => (manifest.format_version = "2")),
    "no-files": () => withManifestText((text) => text.replace('"files"', '"objects"')),
    date: () => withManifest((manifest) => (manifest.created_at = "yesterday")),
    tables: () => withManifest((manifest) => (manifest.tables["scopes"] = -1)),
    "table-prototype": () => withManifestText((text) => text.replace('"scopes":2', '"scopes":2,"__proto__":1')),
    settings: () => withManifest((manifest) => (manifest.settings = [])),
    files: () => withManifestText((text) => text.replace('"files":[', '"files":[1,')),
    "many-warnings": () => withManifest((manifest) => (manifest.warnings = Array.from({ length: 1_001 }, () => ({ code: "x", message: "" })))),
    "long-warning": () => withManifest((manifest) => (manifest.warnings = [{ code: "x", message: "x".repeat(20_001) }])),
    "file-hash": () => withManifest((manifest) => Object.assign(manifest.files[0] ?? {}, { sha256: "0" })),
    "key-twice": () => withManifestText((text) => text.replace('"format_version":1', '"format_version":1,"format_version":1')),
    "key-twice-escaped": () => withManifestText((text) => text.replace('"settings"', '"t\\u0061bles":{},"settings"')),
    nul: () => withManifestText((text) => text.replace('"sample"', '"\\u0000"')),
    surrogate: () => withManifestText((text) => text.replace('"sample"', '"\\ud800"')),
    encoding: () => bundleWithManifest(Buffer.concat([Buffer.from(JSON.stringify(sampleManifest())), Buffer.from([0xff])])),
  },
  checksums_invalid: {
    text: () => withChecksums(() => "sha256"),
    array: () => withChecksums(() => "[]"),
    hash: () => withChecksums((text) => text.replace(/[0-9a-f]{64}/, "abc")),
    "upper-case": () => withChecksums((text) => text.replace(/[0-9a-f]{64}/, (hash) => `A${hash.slice(1)}`)),
    "key-twice": () => withChecksums((text) => text.replace("{", `{"data/scopes.json":"${"0".repeat(64)}",`)),
  },
  checksums_differ: {
    missing: () => withChecksums((text) => text.replace(/"data\/scopes.json":"[0-9a-f]{64}",/, "")),
    more: () => withChecksums((text) => text.replace("{", `{"data/users.json":"${"0".repeat(64)}",`)),
    another: () => withChecksums((text) => text.replace("data/scopes.json", "data/users.json")),
    itself: () => withChecksums((text) => text.replace("{", `{"checksums.json":"${"0".repeat(64)}",`)),
    prototype: () => withChecksums((text) => text.replace("{", `{"__proto__":"${"0".repeat(64)}",`)),
  },
  tables_differ: {
    missing: () => withManifest((manifest) => delete manifest.tables["scopes"]),
    more: () => withManifest((manifest) => (manifest.tables["users"] = 0)),
    inherited: () => {
      const data = sampleData();
      data.set("data/constructor.json", Buffer.from("[]"));
      return archiveOf(bundleContents({ data }));
    },
  },
  row_count_differs: {
    more: () => withManifest((manifest) => (manifest.tables["scopes"] = 3)),
    fewer: () => withManifest((manifest) => (manifest.tables["scopes"] = 1)),
  },
  file_reference_differs: {
    unreferenced: () => withManifest((manifest) => (manifest.files = [])),
    twice: () => withManifest((manifest) => manifest.files.push({ ...manifest.files[0], key: "other" })),
    size: () => withManifest((manifest) => Object.assign(manifest.files[0] ?? {}, { size: 1 })),
    hash: () => withManifest((manifest) => Object.assign(manifest.files[0] ?? {}, { sha256: "0".repeat(64) })),
    entry: () => withManifest((manifest) => Object.assign(manifest.files[0] ?? {}, { entry: "data/scopes.json" })),
    absent: () =>
      withManifest((manifest) => manifest.files.push({ ...manifest.files[0], id: otherId, entry: `files/${otherId}/x` })),
    "key-twice": () => {
      const data = sampleData();
      const manifest = sampleManifest();
      const content = Buffer.from("x");
      data.set(`files/${otherId}/x`, content);
      const reference = { ...manifest.files[0], id: otherId, entry: `files/${otherId}/x`, size: 1, sha256: sha256(content) };
      manifest.files.push(reference);
      return archiveOf(bundleContents({ data, manifest }));
    },
    "two-objects-second-referred": () => {
      const data: Contents = new Map([[`${objectEntry}2`, Buffer.from("x")], ...sampleData()]);
      return archiveOf(bundleContents({ data }));
    },
    "two-objects": () => {
      const data = sampleData();
      data.set(`${objectEntry}2`, Buffer.from("x"));
      return archiveOf(bundleContents({ data }));
    },
  },
  json_invalid: {
    empty: () => withData("data/scopes.json", Buffer.alloc(0)),
    object: () => withData("data/scopes.json", Buffer.from('{"a":[]}')),
    number: () => withData("data/scopes.json", Buffer.from("[{},1]")),
    array: () => withData("data/scopes.json", Buffer.from("[{},[]]")),
    "trailing-comma": () => withData("data/scopes.json", Buffer.from("[{},{},]")),
    "no-comma": () => withData("data/scopes.json", Buffer.from("[{}{}]")),
    "string-not-closed": () => withData("data/scopes.json", Buffer.from('[{},{"a":"}]')),
    "second-array": () => withData("data/scopes.json", Buffer.from("[{},{}][]")),
    "byte-order-mark": () => withData("data/scopes.json", Buffer.from("\uFEFF[{},{}]")),
  },
};

/** Codes that only appear below the usual limits, or with limits that tests can afford. */
export const limitsOfCode: Partial<Record<BundleErrorCode, OpenBundleOptions["limits"]>> = {
  upload_too_large: { upload: 500 },
  too_many_entries: { entries: 3 },
  entry_too_large: { entry: 50 },
  total_too_large: { total: 300 },
  manifest_too_large: { manifest: 200 },
  row_too_large: { row: 1000 },
};

const otherId = "11111111-1111-4111-8111-111111111111";

function sample(): Buffer {
  return archive({});
}

function archive(spec: Partial<ArchiveSpec>, shortenBy = 0): Buffer {
  const entries = toEntries(bundleContents());
  if (shortenBy === 0) return buildZip({ entries, ...spec });
  // The directory's stated size takes in a part of what follows it.
  const size = centralSize(entries) + shortenBy;
  return buildZip({ entries, ...spec, end: { ...spec.end, size } });
}

function centralSize(entries: EntrySpec[]): number {
  return entries.reduce((sum, { name }) => sum + 46 + Buffer.byteLength(name), 0);
}

function withEnd(lie: (truth: { size: number; offset: number }) => ArchiveSpec["end"] & object): Buffer {
  const bytes = sample();
  const end = bytes.subarray(-22);
  return archive({ end: lie({ size: end.readUInt32LE(12), offset: end.readUInt32LE(16) }) });
}

function archiveOf(contents: Contents): Buffer {
  return buildZip({ entries: toEntries(contents) });
}

/** The sample with one entry that is otherwise than it should be. */
function change(name: string, lies: Partial<EntrySpec>): Buffer {
  return buildZip({
    entries: toEntries(bundleContents()).map((entry) => (entry.name === name ? { ...entry, ...lies } : entry)),
  });
}

/** The sample with one entry more. */
function insert(entry: EntrySpec): Buffer {
  return buildZip({ entries: [...toEntries(bundleContents()), entry] });
}

function named(name: string | Buffer, flags = 0): Buffer {
  return insert({ name, flags, content: Buffer.from("[]\n") });
}

function pair(one: string, other: string): Buffer {
  const content = Buffer.from("[]\n");
  const flags = 1 << 11;
  return buildZip({
    entries: [...toEntries(bundleContents()), { name: one, flags, content }, { name: other, flags, content }],
  });
}

function folder(name: string): EntrySpec {
  return { name, content: Buffer.alloc(0), method: 0 };
}

/** Local header and data of an entry that only those see who read the archive from its front. */
function hiddenEntry(): Buffer {
  return buildZip({ entries: [{ name: "data/users.json", content: Buffer.from("[]"), onlyLocal: true }] }).subarray(0, -22);
}

/** The local header's extra fields take the room that its data need. */
function overlapByExtra(): Buffer {
  const content = sampleData().get("data/scopes.json") ?? Buffer.alloc(0);
  const localExtra = extraField(0x5455, Buffer.alloc(16));
  return change("data/scopes.json", {
    method: 0,
    packed: content.subarray(localExtra.length),
    compressedSize: content.length,
    localExtra,
  });
}

function withData(name: string, content: Buffer): Buffer {
  const data = sampleData();
  data.set(name, content);
  return archiveOf(bundleContents({ data }));
}

function withManifest(edit: (manifest: Manifest) => unknown): Buffer {
  const manifest = sampleManifest();
  edit(manifest);
  return archiveOf(bundleContents({ manifest }));
}

function withManifestText(edit: (text: string) => string): Buffer {
  return bundleWithManifest(Buffer.from(edit(JSON.stringify(sampleManifest()))));
}

function bundleWithManifest(manifest: Buffer): Buffer {
  return archiveOf(bundleContents({ manifest }));
}

function withChecksums(edit: (text: string) => string): Buffer {
  const contents = without(bundleContents(), "checksums.json");
  contents.set("checksums.json", Buffer.from(edit(checksumsOf(contents).toString())));
  return archiveOf(contents);
}

function without(contents: Contents, name: string): Contents {
  contents.delete(name);
  return contents;
}

function packedScopes(): Buffer {
  return deflateRawSync(sampleData().get("data/scopes.json") ?? Buffer.alloc(0));
}

function time(): Buffer {
  return extraField(0x5455, Buffer.from([1, 0, 0, 0, 0]));
}

function unicodePath(checked: string, name: string): Buffer {
  return extraField(0x7075, Buffer.concat([Buffer.from([1]), numbers([crc32(checked), 4]), Buffer.from(name)]));
}
