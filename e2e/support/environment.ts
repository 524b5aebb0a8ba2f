import { z } from "zod";

/** How tests reach one of the two installations. */
const place = z.object({
  /** What a browser is told to open: a line that tests can slow down and cut, to the proxy or the application. */
  url: z.url(),
  /** Ports of the line, and of what is behind it. */
  port: z.int(),
  behind: z.int(),
  /** The application itself, for what a proxy would stand in the way of. */
  directUrl: z.url(),
  databaseUrl: z.url(),
  storage: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("local"), directory: z.string() }),
    z.object({
      kind: z.literal("s3"),
      endpoint: z.url(),
      bucket: z.string(),
      accessKeyId: z.string(),
      secretAccessKey: z.string(),
    }),
  ]),
});

const environment = z.object({
  source: place,
  target: place,
  /** Hashes of the public keys of certificates that nobody signed. */
  trustedKeys: z.array(z.string()),
});

export type Place = z.infer<typeof place>;
export type TestEnvironment = z.infer<typeof environment>;

/** Variables are what Playwright hands from its setup to the processes that run tests. */
const variable = "SYSTEM_BACKUP_E2E";

export function handOn(made: TestEnvironment): void {
  process.env[variable] = JSON.stringify(made);
}

export function testEnvironment(): TestEnvironment {
  return environment.parse(JSON.parse(process.env[variable] ?? "null"));
}
