import { z } from "zod";

import { applicationVersion } from "../application-version";
import { problemKinds, problemSchema, serverErrorCodes } from "../problems";
import { runSchema } from "../runs";
import {
  exportRequestSchema,
  importFieldsSchema,
  importRequestSchema,
  importResponseSchema,
  previewResponseSchema,
  runsQuerySchema,
  runsResponseSchema,
  uploadSchema,
} from "./backup/schemas";
import { endpoint } from "./endpoint";
import { healthSchema } from "./health-schema";

export const openApiRoutes = endpoint({ GET: handleOpenApi });

async function handleOpenApi(): Promise<Response> {
  return Response.json(openApiDocument(), { headers: { "cache-control": "no-cache" } });
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** OpenAPI 3.1, whose schemas are JSON Schema 2020-12, made of what the handlers parse with. */
export function openApiDocument() {
  return {
    openapi: "3.1.0",
    info: {
      title: "System Backup",
      version: applicationVersion,
      description: "Moves the state of an installation into another one: export, preview, import.",
    },
    servers: [{ url: "/" }],
    security: [{ apiKey: [] }, { session: [] }],
    tags: [{ name: "backup" }, { name: "inventory" }, { name: "operation" }],
    paths: {
      "/api/v1/admin/backup/export": { post: exportOperation() },
      "/api/v1/admin/backup/export/{id}": { get: preparedExportOperation() },
      "/api/v1/admin/backup/import/preview": { post: previewOperation() },
      "/api/v1/admin/backup/import": { post: importOperation() },
      "/api/v1/admin/backup/runs": { get: runsOperation() },
      "/api/v1/admin/backup/runs/{id}": { get: runOperation() },
      "/api/v1/files/{id}/content": { get: fileContentOperation() },
      "/api/v1/openapi.json": { get: openApiOperation() },
      "/api/health": { get: healthOperation() },
    },
    components: {
      securitySchemes: {
        apiKey: { type: "http", scheme: "bearer", description: "`npm run --silent api-key -- create`" },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "system-backup.session",
          description: "Of a signed-in admin, from the installation's own pages only. Its name ends with the port, if any.",
        },
      },
      schemas: {
        Problem: response(problemSchema),
        ExportRequest: request(exportRequestSchema),
        ImportRequest: request(importRequestSchema),
        ImportUpload: request(uploadSchema.extend(importFieldsSchema.shape)),
        PreviewUpload: request(uploadSchema),
        Preview: response(previewResponseSchema),
        Import: response(importResponseSchema),
        Run: response(runSchema),
        Runs: response(runsResponseSchema),
        Health: response(healthSchema),
      },
      responses: { Problem: { description: problemDescription(), content: problemContent("Problem") } },
    },
  };
}

function exportOperation() {
  return {
    operationId: "export",
    summary: "Streams a bundle",
    tags: ["backup"],
    requestBody: { required: false, content: jsonContent("ExportRequest") },
    responses: { 200: bundleResponse, ...problems },
  };
}

function preparedExportOperation() {
  return {
    operationId: "preparedExport",
    summary: "Streams a bundle that the admin panel has prepared for its browser: once, to the same user, within a minute",
    tags: ["backup"],
    parameters: [idParameter],
    responses: { 200: bundleResponse, ...problems },
  };
}

const bundleResponse = {
  description: "The bundle. Broken off before its end where the export fails: such a file is no ZIP archive.",
  headers: {
    "Content-Disposition": { schema: { type: "string" } },
    "X-Backup-Run-Id": { schema: { type: "string", format: "uuid" }, description: "Its run has the SHA-256." },
  },
  content: { "application/zip": { schema: { type: "string", contentMediaType: "application/zip" } } },
};

const idParameter = { name: "id", in: "path", required: true, schema: { type: "string", format: "uuid" } };

function previewOperation() {
  return {
    operationId: "preview",
    summary: "Says what importing a bundle would do, and changes nothing",
    tags: ["backup"],
    requestBody: { required: true, content: formContent("PreviewUpload") },
    responses: {
      200: { description: "The bundle is valid.", content: jsonContent("Preview") },
      422: {
        description: "The bundle is refused.",
        content: {
          "application/problem+json": { schema: { allOf: [reference("Problem"), reference("Preview")] } },
        },
      },
      ...problems,
    },
  };
}

function importOperation() {
  return {
    operationId: "import",
    summary: "Imports a bundle, all of it or nothing",
    tags: ["backup"],
    requestBody: { required: true, content: { ...formContent("ImportUpload"), ...jsonContent("ImportRequest") } },
    responses: { 200: { description: "What was done.", content: jsonContent("Import") }, ...problems },
  };
}

function runsOperation() {
  const { properties = {} } = request(runsQuerySchema);
  return {
    operationId: "runs",
    summary: "Exports and imports, newest first",
    tags: ["backup"],
    parameters: Object.entries(properties).map(([name, schema]) => ({ name, in: "query", required: false, schema })),
    responses: { 200: { description: "A page.", content: jsonContent("Runs") }, ...problems },
  };
}

function runOperation() {
  return {
    operationId: "run",
    summary: "One export or import",
    tags: ["backup"],
    parameters: [idParameter],
    responses: { 200: { description: "The run.", content: jsonContent("Run") }, ...problems },
  };
}

function fileContentOperation() {
  return {
    operationId: "fileContent",
    summary: "Streams a stored file's bytes, to members as well",
    tags: ["inventory"],
    parameters: [idParameter],
    responses: {
      200: {
        description: "The bytes, to be saved and never shown.",
        headers: { "Content-Disposition": { schema: { type: "string" } } },
        content: { "application/octet-stream": { schema: { type: "string", contentMediaType: "application/octet-stream" } } },
      },
      ...problems,
    },
  };
}

function openApiOperation() {
  return {
    operationId: "openapi",
    summary: "This document",
    tags: ["operation"],
    security: [],
    responses: { 200: { description: "OpenAPI 3.1", content: { "application/json": { schema: { type: "object" } } } } },
  };
}

function healthOperation() {
  const content = jsonContent("Health");
  return {
    operationId: "health",
    summary: "Whether database and storage answer",
    tags: ["operation"],
    security: [],
    responses: { 200: { description: "Both do.", content }, 503: { description: "One does not.", content } },
  };
}

const problems = { default: { $ref: "#/components/responses/Problem" } };

/** The list of codes, by status. */
function problemDescription(): string {
  const lines = serverErrorCodes.map((code) => `- ${problemKinds[code].status} \`${code}\`: ${problemKinds[code].title}`);
  return ["An error (RFC 9457). `code` is one of:", "", ...lines.sort()].join("\n");
}

function reference(name: string) {
  return { $ref: `#/components/schemas/${name}` };
}

function jsonContent(name: string) {
  return { "application/json": { schema: reference(name) } };
}

function problemContent(name: string) {
  return { "application/problem+json": { schema: reference(name) } };
}

function formContent(name: string) {
  return { "multipart/form-data": { schema: reference(name) } };
}

function request(schema: z.ZodType): JsonSchema {
  return withoutDialect(z.toJSONSchema(schema, { io: "input" }));
}

function response(schema: z.ZodType): JsonSchema {
  return withoutDialect(z.toJSONSchema(schema, { io: "output" }));
}

/** OpenAPI 3.1 says for the whole document which dialect its schemas have. */
function withoutDialect({ $schema: _dialect, ...schema }: JsonSchema): JsonSchema {
  return schema;
}
