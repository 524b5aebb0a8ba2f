import { readFile, writeFile } from "node:fs/promises";
import { type Readable } from "node:stream";

import { PrismaPg } from "@prisma/adapter-pg";
import JSZip from "jszip";
import { z } from "zod";

import { exportedTables, type TableDefinition } from "@/backup";
import { Prisma, PrismaClient } from "@/generated/prisma/client";
import type { ObjectStore } from "@/storage";

/** What one would write first: Prisma's own queries, JSON.stringify, and jszip. Loses microseconds, and holds everything. */

const rowsPerQuery = 1000;

const rowSchema = z.looseObject({ id: z.string() });
type Row = z.infer<typeof rowSchema>;

/** The few calls that are used of every model's delegate. */
interface Delegate {
  findMany(query: object): Promise<unknown[]>;
  createMany(query: object): Promise<unknown>;
  upsert(query: object): Promise<unknown>;
}

export async function exportByPrisma(databaseUrl: string, objects: ObjectStore, bundle: string): Promise<void> {
  const prisma = openPrisma(databaseUrl);
  const zip = new JSZip();
  try {
    for (const { name } of exportedTables) {
      const rows: Row[] = [];
      for (;;) {
        const last = rows.at(-1);
        const cursor = last === undefined ? {} : { cursor: { id: last.id }, skip: 1 };
        const page = z.array(rowSchema).parse(await delegateOf(prisma, name).findMany({ orderBy: { id: "asc" }, take: rowsPerQuery, ...cursor }));
        rows.push(...page);
        if (page.length < rowsPerQuery) break;
      }
      zip.file(`data/${name}.json`, JSON.stringify(rows, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value)));
    }
    for (const { id, object_key } of await prisma.files.findMany()) {
      zip.file(`files/${id}`, await bytesOf((await objects.get(object_key)).body));
    }
    await writeFile(bundle, await zip.generateAsync({ type: "nodebuffer", compression: "DEFLATE" }));
  } finally {
    await prisma.$disconnect();
  }
}

export async function importByPrisma(databaseUrl: string, objects: ObjectStore, bundle: string, how: "createMany" | "upsert"): Promise<void> {
  const prisma = openPrisma(databaseUrl);
  try {
    const admin = await prisma.users.findFirstOrThrow();
    const zip = await JSZip.loadAsync(await readFile(bundle), { checkCRC32: true });
    for (const table of exportedTables.filter(({ importRule }) => importRule !== "skip")) {
      const rows = z.array(rowSchema).parse(JSON.parse((await zip.file(`data/${table.name}.json`)?.async("string")) ?? "[]"));
      const sound = rows.map((row) => withSoundValues(row, table, admin.id));
      const delegate = delegateOf(prisma, table.name);
      if (how === "createMany") {
        for (let start = 0; start < sound.length; start += rowsPerQuery) {
          await delegate.createMany({ data: sound.slice(start, start + rowsPerQuery) });
        }
      } else {
        for (const row of sound) await delegate.upsert({ where: { id: row.id }, create: row, update: row });
      }
    }
    for (const { id, object_key, sha256, content_type: contentType } of await prisma.files.findMany()) {
      const content = (await zip.file(`files/${id}`)?.async("nodebuffer")) ?? Buffer.alloc(0);
      await objects.put(object_key, content, { size: content.length, sha256, contentType, when: "always" });
    }
  } finally {
    await prisma.$disconnect();
  }
}

/** Users become the admin or nobody; what JavaScript's dates cannot hold, now. */
function withSoundValues(row: Row, { columns }: TableDefinition, adminId: string): Row {
  const sound: Row = { ...row };
  for (const [name, { type, user, nullable }] of Object.entries(columns)) {
    if (user !== null) sound[name] = nullable ? null : adminId;
    if (type.kind === "json" && row[name] === null) sound[name] = Prisma.JsonNull;
    if (type.kind === "bigint") sound[name] = BigInt(String(row[name]));
    if (type.kind === "timestamp" && row[name] === null && !nullable) sound[name] = new Date();
  }
  return sound;
}

function openPrisma(connectionString: string): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString }) });
}

function delegateOf(prisma: PrismaClient, name: string): Delegate {
  const delegate: unknown = Reflect.get(prisma, name);
  if (!isDelegate(delegate)) throw new Error(`Prisma has no model ${name}`);
  return delegate;
}

function isDelegate(value: unknown): value is Delegate {
  return typeof value === "object" && value !== null && "findMany" in value && "createMany" in value && "upsert" in value;
}

async function bytesOf(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
