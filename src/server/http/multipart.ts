import busboy from "busboy";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { ClientGone, RequestError } from "../errors";
import { quote } from "./json-body";
import type { RequestBody } from "./request-body";

/** RFC 2046, 5.1.1. */
const maximumBoundaryLength = 70;

/** Every field of this API is a word or a SHA-256. */
const maximumFieldBytes = 1024;

/** Twice as many as any form of this API has: enough to answer with which of them is wrong. */
const maximumParts = 8;

/** What a body may have beside its file: boundaries, headers, fields, an epilogue. */
const framingBytes = 64 * 1024;

/** Bytes are passed on as they are: who encodes them means something that we don't do. */
const plainEncodings: ReadonlySet<string> = new Set(["7bit", "8bit", "binary"]);

export interface FormExpectation {
  /** Bytes. */
  maximumFileBytes: number;
  /** The other fields that may be there, each at most once, before the file or after it. */
  fields: readonly string[];
  /** Consumes the file's content to its end. */
  receive(content: Readable): Promise<void>;
}

/**
 * Reads a multipart/form-data body with exactly one file, in the field `file`.
 *
 * @returns the other fields
 * @throws RequestError `too_large`, `malformed_request`, `unknown_option`, `transfer_stalled`; ClientGone; what `receive` throws
 */
export async function receiveForm(
  headers: Headers,
  body: RequestBody,
  expected: FormExpectation,
): Promise<Record<string, string>> {
  requirePossibleSize(headers, expected.maximumFileBytes);
  const parser = createParser(headers);
  const form = new Form(parser, expected);
  try {
    await pipeline(Readable.from(capped(body, expected.maximumFileBytes), { objectMode: true }), parser);
  } catch (error) {
    form.fail(refusalOf(error));
  }
  return form.finish();
}

/** One form while it is received. The first failure ends it. */
class Form {
  readonly #fields: Record<string, string> = {};
  #file: Promise<void> | undefined;
  #failure: { error: unknown } | undefined;

  constructor(
    private readonly parser: busboy.Busboy,
    private readonly expected: FormExpectation,
  ) {
    parser.on("file", (name, content, info) => this.#onFile(name, content, info));
    parser.on("field", (name, value, info) => this.#onField(name, value, info));
    parser.on("partsLimit", () => this.fail(malformed(`The body may have ${maximumParts} parts at most.`)));
    // pipeline() reports the parser's errors; this keeps those after its end from ending the process.
    parser.on("error", () => undefined);
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.parser.destroy();
  }

  /** Resolves only when nothing reads the file's content any more. */
  async finish(): Promise<Record<string, string>> {
    await this.#file;
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#file === undefined) throw malformed('The field "file" is missing.', "file");
    return this.#fields;
  }

  #onFile(name: string | undefined, content: Readable, info: busboy.FileInfo): void {
    content.on("error", () => undefined);
    const problem = this.#problemOfFile(name, info);
    if (problem !== undefined) {
      content.resume();
      return this.fail(problem);
    }
    this.#file = this.expected.receive(content).catch((error: unknown) => {
      // What broke off the content is the parser's or the connection's failure, anything else the receiver's.
      this.fail(content.errored === error ? refusalOf(error) : error);
    });
  }

  #problemOfFile(name: string | undefined, info: busboy.FileInfo): RequestError | undefined {
    if (name !== "file") return this.#unknownField(name);
    if (this.#file !== undefined) return malformed('The field "file" is there twice.', "file");
    if (typeof info.filename !== "string") return malformed('The field "file" has no file name.', "file");
    if (!plainEncodings.has(info.encoding)) return malformed('The field "file" is encoded.', "file");
    return undefined;
  }

  #onField(name: string | undefined, value: string, info: busboy.FieldInfo): void {
    if (name === "file") return this.fail(malformed('The field "file" has no file name.', "file"));
    if (name === undefined || !this.expected.fields.includes(name)) return this.fail(this.#unknownField(name));
    if (Object.hasOwn(this.#fields, name)) return this.fail(malformed(`The field ${quote(name)} is there twice.`, name));
    if (info.valueTruncated) return this.fail(malformed(`The field ${quote(name)} is too long.`, name));
    this.#fields[name] = value;
  }

  #unknownField(name: string | undefined): RequestError {
    if (name === undefined) return malformed("A part of the body has no name.");
    return new RequestError("unknown_option", `There is no field ${quote(name)}.`, { option: name.slice(0, 100) });
  }
}

function createParser(headers: Headers): busboy.Busboy {
  const contentType = headers.get("content-type") ?? "";
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]*)"|([^\s;"]*))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain ?? "";
  if (boundary === "" || boundary.length > maximumBoundaryLength) {
    throw malformed(`The content type must name a boundary of 1 to ${maximumBoundaryLength} characters.`);
  }
  try {
    return busboy({
      headers: { "content-type": contentType },
      limits: {
        parts: maximumParts,
        // A part's headers have busboy's own limit, 16 KiB together. framingBytes holds them as well.
        fieldSize: maximumFieldBytes,
      },
    });
  } catch (error) {
    throw malformedByParser(error);
  }
}

/** Refuses before a byte is read what says itself that it is too large. @throws RequestError `too_large` */
export function requirePossibleSize(headers: Headers, maximumFileBytes: number): void {
  const length = headers.get("content-length");
  if (length !== null && Number(length) > maximumFileBytes + framingBytes) throw tooLarge(maximumFileBytes);
}

/** The body's chunks, and no more of them than file and framing can have. */
async function* capped(body: RequestBody, maximumFileBytes: number): AsyncGenerator<Buffer> {
  let received = 0;
  for await (const chunk of body.chunks()) {
    received += chunk.length;
    if (received > maximumFileBytes + framingBytes) throw tooLarge(maximumFileBytes);
    yield chunk;
  }
}

export function tooLarge(maximumFileBytes: number): RequestError {
  return new RequestError("too_large", `A bundle may have ${maximumFileBytes} bytes at most on this installation.`);
}

/** What ends a body: a refusal, a client that left, or else an error of busboy, which are plain ones. */
function refusalOf(error: unknown): RequestError | ClientGone {
  return error instanceof RequestError || error instanceof ClientGone ? error : malformedByParser(error);
}

function malformedByParser(error: unknown): RequestError {
  const reason = error instanceof Error ? error.message : "not understood";
  return new RequestError("malformed_request", `The multipart body is malformed: ${reason}.`, {}, { cause: error });
}

function malformed(message: string, field?: string): RequestError {
  return new RequestError("malformed_request", message, field === undefined ? {} : { field });
}
