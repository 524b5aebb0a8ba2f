import { describe, expect, it } from "vitest";

import { BackupError, InvalidRowsError } from "@/backup";
import { BundleError } from "@/bundle";
import { StorageError } from "@/storage";

import { RequestError } from "../errors";
import { describeProblem } from "./describe-problem";
import { problemKinds } from "./problem-kinds";

describe("a problem", () => {
  it("has a status that is an error and a title for every code", () => {
    for (const [code, { status, title }] of Object.entries(problemKinds)) {
      expect(status, code).toBeGreaterThanOrEqual(400);
      expect(status, code).toBeLessThan(600);
      expect(title, code).not.toBe("");
    }
  });

  it("of every layer keeps its code and message", () => {
    const errors = [
      new BackupError("plan_changed", "It changed."),
      new BundleError("not_a_zip", "It is none."),
      new StorageError("storage_unavailable", "It is away."),
      new RequestError("unknown_option", "There is none.", { option: "x" }),
    ];
    expect(errors.map(describeProblem)).toMatchObject([
      { status: 409, code: "plan_changed", detail: "It changed." },
      { status: 422, code: "not_a_zip", detail: "It is none.", errors: [{ code: "not_a_zip" }], error_count: 1 },
      { status: 503, code: "storage_unavailable", detail: "It is away." },
      { status: 400, code: "unknown_option", option: "x" },
    ]);
  });

  it("of invalid rows lists them and says how many there are", () => {
    const rows = [{ code: "required", message: "is missing", table: "assets", row: 3, column: "value" }];
    expect(describeProblem(new InvalidRowsError(rows, 250))).toMatchObject({
      status: 422,
      code: "invalid_rows",
      errors: rows,
      error_count: 250,
    });
  });

  it.each([
    ["a refused connection", Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })],
    ["one refused on every address", new AggregateError([Object.assign(new Error("x"), { code: "ECONNREFUSED" })])],
    ["a server that shuts down", Object.assign(new Error("terminating connection"), { code: "57P01" })],
    ["a server that starts up", Object.assign(new Error("starting up"), { code: "57P03" })],
    ["a server without connections left", Object.assign(new Error("too many clients"), { code: "53300" })],
    ["a statement that was cancelled", Object.assign(new Error("canceling statement due to user request"), { code: "57014" })],
    ["a full disk", Object.assign(new Error("disk full"), { code: "53100" })],
    ["a lost connection", new Error("Connection terminated unexpectedly")],
    ["an empty pool", new Error("timeout exceeded when trying to connect")],
    ["Prisma's word for it", Object.assign(new Error("x"), { code: "P1001" })],
    ["one inside another", new Error("outer", { cause: new Error("Connection terminated") })],
  ])("of %s says that the database is away", (_what, error) => {
    expect(describeProblem(error)).toMatchObject({ status: 503, code: "database_unavailable" });
  });

  it.each([
    ["a wrong statement", Object.assign(new Error('relation "secret" does not exist'), { code: "42P01" })],
    ["a defect", new TypeError("secret of undefined")],
    ["what is no error", "secret"],
  ])("of %s is internal and says nothing of it", (_what, error) => {
    const problem = describeProblem(error);
    expect(problem).toMatchObject({ status: 500, code: "internal" });
    expect(JSON.stringify(problem)).not.toContain("secret");
  });
});
