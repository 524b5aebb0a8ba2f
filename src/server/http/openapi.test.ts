import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

import { problemKinds, problemSchema } from "../problems";
import { openApiDocument } from "./openapi";

const document = openApiDocument();

/** Every route below src/app/api, as a path of the document; what next-auth and the pages speak is no API for others. */
function routes(): string[] {
  return readdirSync("src/app/api", { recursive: true, encoding: "utf8" })
    .filter((name) => path.basename(name) === "route.ts" && !/^(auth|trpc)/.test(name))
    .map((name) => `/api/${path.dirname(name).replace(/\[(\w+)\]/g, "{$1}")}`);
}

/** Every value in the document under this key. */
function collect(value: unknown, key: string): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...collect(inner, key)]);
}

function resolve(reference: string): unknown {
  const names = reference.replace(/^#\//, "").split("/");
  return names.reduce<unknown>((value, name) => (Object(value) as Record<string, unknown>)[name], document);
}

describe("the OpenAPI document", () => {
  it("says what it is", () => {
    expect(document.openapi).toBe("3.1.0");
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });

  it("has every route and no other", () => {
    expect(Object.keys(document.paths).sort()).toEqual(routes().sort());
  });

  it("has an answer and an id of its own for every operation", () => {
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { responses } of operations) expect(Object.keys(responses)).toContain("200");
  });

  it("names every parameter of a path", () => {
    for (const [name, item] of Object.entries(document.paths)) {
      const named = collect(item, "parameters").flat().map((parameter) => (parameter as { name: string }).name);
      for (const [, parameter] of name.matchAll(/\{(\w+)\}/g)) expect(named).toContain(parameter);
    }
  });

  it("points at nothing that is not there", () => {
    const references = collect(document, "$ref");
    expect(references.length).toBeGreaterThan(10);
    for (const reference of references) expect(resolve(String(reference)), String(reference)).toBeTypeOf("object");
  });

  it("lists every code, with its status", () => {
    const { description } = document.components.responses.Problem;
    for (const [code, { status }] of Object.entries(problemKinds)) expect(description).toContain(`- ${status} \`${code}\``);
    expect(document.components.schemas.Problem.properties).toHaveProperty("code.enum", problemSchema.shape.code.options);
  });

  it("says which options an export has, what they are without being given, and that there are no others", () => {
    expect(document.components.schemas.ExportRequest).toMatchObject({
      type: "object",
      additionalProperties: false,
      properties: {
        include_files: { type: "boolean", default: true },
        include_users: { type: "boolean", default: false },
        include_scan_history: { type: "boolean", default: true },
        include_settings: { type: "boolean", default: true },
      },
    });
  });
});
