import { RequestError } from "../errors";

export type RequestFormat = "json" | "multipart" | "none";

/**
 * What a request says its body is.
 *
 * @throws RequestError `unsupported_media_type` where that is none of the accepted
 */
export function requestFormat(headers: Headers, accepted: readonly RequestFormat[]): RequestFormat {
  const format = formatOf(headers.get("content-type"));
  if (format !== undefined && accepted.includes(format)) return format;
  throw new RequestError("unsupported_media_type", `The body must be ${describe(accepted)}.`);
}

function formatOf(contentType: string | null): RequestFormat | undefined {
  if (contentType === null) return "none";
  switch (contentType.split(";", 1)[0]?.trim().toLowerCase()) {
    case "application/json":
      return "json";
    case "multipart/form-data":
      return "multipart";
    default:
      return undefined;
  }
}

function describe(accepted: readonly RequestFormat[]): string {
  const names = { json: "application/json", multipart: "multipart/form-data", none: "absent" };
  return accepted.map((format) => names[format]).join(" or ");
}
