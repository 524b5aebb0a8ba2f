import path from "node:path";
import { z } from "zod";

const gibibyte = 1024 ** 3;

/** A variable whose value never appears in a message. */
const secretVariables: ReadonlySet<string> = new Set([
  "DATABASE_URL",
  "S3_SECRET_ACCESS_KEY",
  "NEXTAUTH_SECRET",
  "ADMIN_PASSWORD",
]);

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const port = z
  .string()
  .regex(/^\d{1,5}$/, "a port number between 1 and 65535")
  .transform(Number)
  .refine((value) => value >= 1 && value <= 65_535, "a port number between 1 and 65535");

const bytes = z
  .string()
  .regex(/^\d{1,15}$/, "a whole number of bytes, such as 1073741824")
  .transform(Number)
  .refine((value) => value >= 1, "a whole number of bytes above zero");

const databaseUrl = z.string().refine(isDatabaseUrl, "a PostgreSQL URL such as postgresql://user:password@host:5432/name");

const httpUrl = (example: string) =>
  z.string().refine((value) => isUrl(value, ["http:", "https:"]), `an http or https URL such as ${example}`);

const boolean = z.enum(["true", "false"], "true or false").transform((value) => value === "true");

/** The variables as they are read; which belong together is checked afterwards. */
const variables = z.object({
  PORT: port.default(3000),
  HOST: z.string().regex(/^[\w.:-]+$/, "an address or host name such as 127.0.0.1 or 0.0.0.0").default("127.0.0.1"),
  DATA_DIR: z.string().default(".data"),
  LOG_LEVEL: z.enum(logLevels, `one of ${logLevels.join(", ")}`).default("info"),
  DATABASE_URL: databaseUrl.optional(),
  S3_ENDPOINT: httpUrl("https://s3.example.com").optional(),
  S3_REGION: z.string().regex(/^[\w-]+$/, "a region such as us-east-1").optional(),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "a bucket name: 3 to 63 of a-z, 0-9, dot and hyphen")
    .optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  S3_FORCE_PATH_STYLE: boolean.optional(),
  // next-auth derives its keys from this; 32 characters is what its documentation generates.
  NEXTAUTH_SECRET: z.string().min(32, "at least 32 characters, such as `openssl rand -base64 32` prints").optional(),
  NEXTAUTH_URL: httpUrl("https://easm.example.com").optional(),
  ADMIN_EMAIL: z.email("an e-mail address such as admin@example.com").optional(),
  // Twelve resists guessing through a rate-limited sign-in; more than 256 nobody types, and hashing has a bound.
  ADMIN_PASSWORD: z.string().min(12, "at least 12 characters").max(256, "at most 256 characters").optional(),
  BACKUP_MAX_UPLOAD_BYTES: bytes.default(gibibyte),
});

type Variables = z.infer<typeof variables>;

export interface S3Settings {
  endpoint: string | undefined;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  forcePathStyle: boolean;
}

export interface Environment {
  port: number;
  host: string;
  /** Absolute path of DATA_DIR. */
  dataDirectory: string;
  logLevel: (typeof logLevels)[number];
  /** Undefined until an installation with an embedded database has started it. */
  databaseUrl: string | undefined;
  objectStorage: { kind: "local"; directory: string } | ({ kind: "s3" } & S3Settings);
  /** What sessions are signed with. Undefined until the installation has made it. */
  authSecret: string | undefined;
  /** The address that browsers use. Undefined until the installation has made it. */
  authUrl: string | undefined;
  adminEmail: string | undefined;
  adminPassword: string | undefined;
  maxUploadBytes: number;
}

/** One message for an admin that lists every variable with a wrong value. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";

  constructor(readonly problems: readonly string[]) {
    super(["The environment has wrong values:", ...problems.map((problem) => `  ${problem}`)].join("\n"));
  }
}

/** @throws EnvironmentError naming every wrong value, what was given and what is expected. */
export function parseEnvironment(source: Record<string, string | undefined>): Environment {
  const given = Object.fromEntries(
    // docker compose and systemd pass a variable left empty as "": that is unset here.
    Object.entries(source).filter(([name, value]) => name in variables.shape && value !== undefined && value !== ""),
  );
  const parsed = variables.safeParse(given);
  const problems = parsed.success ? [] : describeIssues(parsed.error, given);
  problems.push(...crossCheck(given));
  if (!parsed.success || problems.length > 0) throw new EnvironmentError(problems);
  return shape(parsed.data);
}

function shape(values: Variables): Environment {
  const dataDirectory = path.resolve(values.DATA_DIR);
  return {
    port: values.PORT,
    host: values.HOST,
    dataDirectory,
    logLevel: values.LOG_LEVEL,
    databaseUrl: values.DATABASE_URL,
    objectStorage: objectStorage(values, dataDirectory),
    authSecret: values.NEXTAUTH_SECRET,
    authUrl: values.NEXTAUTH_URL,
    adminEmail: values.ADMIN_EMAIL,
    adminPassword: values.ADMIN_PASSWORD,
    maxUploadBytes: values.BACKUP_MAX_UPLOAD_BYTES,
  };
}

function objectStorage(values: Variables, dataDirectory: string): Environment["objectStorage"] {
  const { S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = values;
  if (S3_BUCKET === undefined || S3_ACCESS_KEY_ID === undefined || S3_SECRET_ACCESS_KEY === undefined) {
    return { kind: "local", directory: path.join(dataDirectory, "objects") };
  }
  return {
    kind: "s3",
    endpoint: values.S3_ENDPOINT,
    region: values.S3_REGION ?? "us-east-1",
    bucket: S3_BUCKET,
    accessKeyId: S3_ACCESS_KEY_ID,
    secretAccessKey: S3_SECRET_ACCESS_KEY,
    // Servers of one's own seldom have a DNS name for every bucket; AWS does.
    forcePathStyle: values.S3_FORCE_PATH_STYLE ?? values.S3_ENDPOINT !== undefined,
  };
}

function describeIssues(error: z.ZodError, given: Record<string, string | undefined>): string[] {
  const expectations = new Map<string, string>();
  for (const issue of error.issues) {
    const name = String(issue.path[0]);
    if (!expectations.has(name)) expectations.set(name, issue.message);
  }
  return [...expectations].map(([name, expected]) => {
    const shown = secretVariables.has(name) ? "a value (not shown)" : JSON.stringify(given[name]);
    return `${name}: ${shown} was given, expected ${expected}`;
  });
}

function crossCheck(given: Record<string, string | undefined>): string[] {
  const problems: string[] = [];
  const needs = (name: string, other: string, why: string) => {
    if (given[name] !== undefined && given[other] === undefined) problems.push(`${other}: not given, ${why}`);
  };
  for (const name of ["S3_ENDPOINT", "S3_REGION", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", "S3_FORCE_PATH_STYLE"]) {
    if (given[name] !== undefined && given.S3_BUCKET === undefined) {
      problems.push(`${name}: given without S3_BUCKET, expected both, or neither for local object storage`);
    }
  }
  needs("S3_BUCKET", "S3_ACCESS_KEY_ID", "expected the key that may read and write S3_BUCKET");
  needs("S3_BUCKET", "S3_SECRET_ACCESS_KEY", "expected the secret of S3_ACCESS_KEY_ID");
  needs("ADMIN_PASSWORD", "ADMIN_EMAIL", "expected the e-mail address that ADMIN_PASSWORD belongs to");
  return problems;
}

function isUrl(value: string, protocols: readonly string[]): boolean {
  return URL.canParse(value) && protocols.includes(new URL(value).protocol);
}

function isDatabaseUrl(value: string): boolean {
  if (!isUrl(value, ["postgresql:", "postgres:"])) return false;
  const url = new URL(value);
  // Prisma's own parameter; tables live in the schema "public" and nowhere else.
  return url.pathname.length > 1 && (url.searchParams.get("schema") ?? "public") === "public";
}

let current: Environment | undefined;

/** @throws EnvironmentError */
export function environment(): Environment {
  current ??= parseEnvironment(process.env);
  return current;
}

/**
 * Adds what the installation made for itself. It goes through process.env because the
 * pages that Next bundled hold a copy of this module of their own.
 */
export function completeEnvironment(made: { DATABASE_URL: string; NEXTAUTH_SECRET: string; NEXTAUTH_URL: string }): void {
  Object.assign(process.env, made);
  current = undefined;
}

/** The environment for another process of this installation, with some variables replaced. */
export function environmentForChild(replacing: Record<string, string | undefined>): NodeJS.ProcessEnv {
  return { ...process.env, ...replacing };
}
