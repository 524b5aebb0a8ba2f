import pino, { type Logger } from "pino";
import { environment } from "./env";

/** Where requests, errors and settings carry secrets; a log line shows "[redacted]" instead. */
const secretPaths = [
  "authorization",
  "cookie",
  "password",
  "secret",
  "token",
  "apiKey",
  "databaseUrl",
  "*.authorization",
  "*.cookie",
  '*["set-cookie"]',
  "*.password",
  "*.password_hash",
  "*.secret",
  "*.token",
  "*.secretAccessKey",
  "*.databaseUrl",
  "req.headers.authorization",
  "req.headers.cookie",
  'res.headers["set-cookie"]',
];

/** What of an error is told beside its class, message and stack. The rest may hold rows' values: PostgreSQL's detail and where, Prisma's meta. */
const toldOfErrors = ["code", "severity", "schema", "table", "column", "constraint", "routine", "syscall", "errno"] as const;

function withoutData(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { type, message, stack } = pino.stdSerializers.err(error);
  const told = toldOfErrors.flatMap((name) => (name in error ? [[name, Reflect.get(error, name)]] : []));
  return { type, message, stack, ...Object.fromEntries(told) };
}

const globals: typeof globalThis & { systemBackupLogger?: Logger } = globalThis;

/** One JSON object a line to standard output. One logger for the process, however many copies of this module. */
export function logger(): Logger {
  globals.systemBackupLogger ??= createLogger(standardOutput);
  return globals.systemBackupLogger;
}

/** For programs whose standard output is what they were asked for. */
export function logToStandardError(): void {
  globals.systemBackupLogger = createLogger(standardError);
}

const standardOutput = 1;
const standardError = 2;

function createLogger(fileDescriptor: number): Logger {
  return pino(
    {
      level: environment().logLevel,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: withoutData },
      redact: { paths: secretPaths, censor: "[redacted]" },
    },
    // Synchronous: the last lines before an exit are those that matter.
    pino.destination({ fd: fileDescriptor, sync: true }),
  );
}
