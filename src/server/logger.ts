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

/** What PostgreSQL tells of an error beside its message: rows and values, and so whatever secrets they hold. */
const dataOfErrors: ReadonlySet<string> = new Set(["detail", "where", "internalQuery", "parameters", "query"]);

/** An error as pino writes it, with its class, message, stack and codes. */
function withoutData(error: Error): unknown {
  return Object.fromEntries(Object.entries(pino.stdSerializers.err(error)).filter(([name]) => !dataOfErrors.has(name)));
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
