import { describe, expect, test } from "vitest";
import { EnvironmentError, parseEnvironment } from "./env";

function problemsOf(source: Record<string, string>): readonly string[] {
  try {
    parseEnvironment(source);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

const bucket = { S3_BUCKET: "inventory", S3_ACCESS_KEY_ID: "id", S3_SECRET_ACCESS_KEY: "secret" };

describe("parseEnvironment", () => {
  test("has a default for everything", () => {
    expect(parseEnvironment({})).toEqual({
      port: 3000,
      host: "127.0.0.1",
      dataDirectory: `${process.cwd()}/.data`,
      logLevel: "info",
      databaseUrl: undefined,
      objectStorage: { kind: "local", directory: `${process.cwd()}/.data/objects` },
      authSecret: undefined,
      authUrl: undefined,
      adminEmail: undefined,
      adminPassword: undefined,
      maxUploadBytes: 1024 ** 3,
    });
  });

  test("takes an empty value for an unset one", () => {
    expect(parseEnvironment({ PORT: "", DATABASE_URL: "", S3_BUCKET: "" })).toEqual(parseEnvironment({}));
  });

  test("chooses S3 with a bucket, by path where the endpoint is one's own", () => {
    expect(parseEnvironment(bucket).objectStorage).toMatchObject({
      kind: "s3",
      endpoint: undefined,
      region: "us-east-1",
      forcePathStyle: false,
    });
    const own = { ...bucket, S3_ENDPOINT: "http://127.0.0.1:9000", S3_REGION: "eu-west-1" };
    expect(parseEnvironment(own).objectStorage).toMatchObject({ region: "eu-west-1", forcePathStyle: true });
    expect(parseEnvironment({ ...own, S3_FORCE_PATH_STYLE: "false" }).objectStorage).toMatchObject({ forcePathStyle: false });
  });

  test.each([
    ["PORT", "0", "a port number"],
    ["PORT", "65536", "a port number"],
    ["PORT", "http", "a port number"],
    ["HOST", "127.0.0.1/8", "an address or host name"],
    ["LOG_LEVEL", "loud", "one of trace"],
    ["DATABASE_URL", "mysql://root@127.0.0.1/easm", "a PostgreSQL URL"],
    ["DATABASE_URL", "postgresql://127.0.0.1", "a PostgreSQL URL"],
    ["DATABASE_URL", "postgresql://127.0.0.1/easm?schema=other", "a PostgreSQL URL"],
    ["NEXTAUTH_SECRET", "short", "at least 32 characters"],
    ["NEXTAUTH_URL", "easm.example.com", "an http or https URL"],
    ["ADMIN_EMAIL", "admin", "an e-mail address"],
    ["BACKUP_MAX_UPLOAD_BYTES", "1GB", "a whole number of bytes"],
    ["BACKUP_MAX_UPLOAD_BYTES", "0", "a whole number of bytes"],
  ])("refuses %s=%s", (name, value, expected) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: .* expected ${expected}`));
  });

  test("names every wrong value at once, with what was given", () => {
    const problems = problemsOf({ PORT: "x", LOG_LEVEL: "y", S3_REGION: "eu west", S3_ENDPOINT: "nowhere" });
    expect(problems).toEqual([
      expect.stringContaining('PORT: "x" was given'),
      expect.stringContaining('LOG_LEVEL: "y" was given'),
      expect.stringContaining('S3_ENDPOINT: "nowhere" was given'),
      expect.stringContaining('S3_REGION: "eu west" was given'),
      expect.stringContaining("S3_ENDPOINT: given without S3_BUCKET"),
      expect.stringContaining("S3_REGION: given without S3_BUCKET"),
    ]);
  });

  test("asks for what belongs together", () => {
    expect(problemsOf({ S3_BUCKET: "inventory" })).toEqual([
      expect.stringContaining("S3_ACCESS_KEY_ID: not given"),
      expect.stringContaining("S3_SECRET_ACCESS_KEY: not given"),
    ]);
    expect(problemsOf({ ADMIN_PASSWORD: "a long enough one" })).toEqual([expect.stringContaining("ADMIN_EMAIL: not given")]);
  });

  test("never shows a secret", () => {
    const secrets = { DATABASE_URL: "hunter2-a", NEXTAUTH_SECRET: "hunter2-b", ADMIN_PASSWORD: "hunter2" };
    const message = problemsOf(secrets).join("\n");
    expect(message).toContain("NEXTAUTH_SECRET: a value (not shown) was given");
    expect(message).not.toContain("hunter2");
  });
});
