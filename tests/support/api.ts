import { z } from "zod";
import type { TestInstallation } from "./installation";

export const api = "/api/v1/admin/backup";

const jsonObject = z.record(z.string(), z.unknown());

export interface Answer {
  status: number;
  headers: Headers;
  /** Of a JSON body; empty otherwise. */
  json: Record<string, unknown>;
}

/** Whatever else the request has, its answer is read whole. */
export async function call(installation: Pick<TestInstallation, "url">, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(installation.url + path, { redirect: "manual", ...init });
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return {
    status: response.status,
    headers: response.headers,
    json: isJson ? jsonObject.parse(JSON.parse(bytes.toString("utf8"))) : {},
  };
}

export function bearer(key: string): Record<string, string> {
  return { authorization: `Bearer ${key}` };
}

export async function exportBundle(
  installation: Pick<TestInstallation, "url">,
  key: string,
  options: Record<string, unknown> = {},
): Promise<{ headers: Headers; bundle: Buffer }> {
  const response = await fetch(`${installation.url}${api}/export`, {
    method: "POST",
    headers: { ...bearer(key), "content-type": "application/json" },
    body: JSON.stringify(options),
  });
  if (response.status !== 200) throw new Error(`The export answered ${response.status}: ${await response.text()}`);
  return { headers: response.headers, bundle: Buffer.from(await response.arrayBuffer()) };
}

export function form(bundle: Buffer, fields: Record<string, string> = {}): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append("file", new Blob([new Uint8Array(bundle)], { type: "application/zip" }), "bundle.zip");
  return data;
}

export function upload(
  installation: Pick<TestInstallation, "url">,
  key: string,
  path: "/import" | "/import/preview",
  body: FormData,
): Promise<Answer> {
  return call(installation, api + path, { method: "POST", headers: bearer(key), body });
}
