import type { RowMember } from "@/bundle";

import type { ColumnType } from "../tables";
import type { CopyBuffer } from "./copy-buffer";
import { objectKeyFault } from "./object-key";
import { isTimestamp } from "./timestamp";

/**
 * Writes a member's value as a cell and answers null, or writes nothing and answers what
 * a value must be that this one is not. Values go on as the bytes they are, so that
 * microseconds, 64-bit integers and numerics keep every digit.
 */
export type CellEncoder = (row: Buffer, member: RowMember, output: CopyBuffer) => string | null;

export function cellEncoder(type: ColumnType): CellEncoder {
  switch (type.kind) {
    case "uuid":
      return formEncoder((text) => uuidForm.test(text), "must be a UUID");
    case "sha256":
      return formEncoder((text) => sha256Form.test(text), "must be a SHA-256 in lower-case hexadecimal");
    case "timestamp":
      return formEncoder(isTimestamp, "must be an ISO 8601 timestamp with an offset and at most microseconds");
    case "enum": {
      const values = new Set(type.values);
      return formEncoder((text) => values.has(text), `must be one of ${type.values.join(", ")}`);
    }
    case "text":
      return textEncoder(type);
    case "object_key":
      return objectKeyEncoder;
    case "json":
      return jsonEncoder;
    case "text_list":
      return textListEncoder;
    case "float":
      return floatEncoder(type);
    case "numeric":
      return numericEncoder(type);
    case "integer":
    case "bigint":
      return wholeNumberEncoder(type);
    case "boolean":
      return booleanEncoder;
  }
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const sha256Form = /^[0-9a-f]{64}$/;
const integerForm = /^-?\d+$/;
const decimalForm = /^-?\d+(?:\.(\d+))?$/;
/** The digits of 2^63, with its sign: no longer text is a 64-bit integer. */
const longestInteger = 20;

/** Short ASCII values of one form. */
function formEncoder(fits: (text: string) => boolean, expectation: string): CellEncoder {
  return (row, member, output) => {
    if (member.kind !== "string") return expectation;
    const text = member.escaped ? stringValue(row, member) : row.toString("latin1", member.start + 1, member.end - 1);
    if (!fits(text)) return expectation;
    output.plain(text);
    return null;
  };
}

function textEncoder({ notEmpty, maxBytes }: Extract<ColumnType, { kind: "text" }>): CellEncoder {
  return (row, member, output) => {
    if (member.kind !== "string") return "must be a string";
    if (notEmpty && member.end - member.start === 2) return "must not be empty";
    if (maxBytes !== null && byteLength(row, member) > maxBytes) return `must be at most ${maxBytes} bytes long`;
    writeString(row, member, output);
    return null;
  };
}

const objectKeyEncoder: CellEncoder = (row, member, output) => {
  if (member.kind !== "string") return "must be a string";
  const fault = objectKeyFault(stringValue(row, member));
  if (fault !== null) return fault;
  writeString(row, member, output);
  return null;
};

const jsonEncoder: CellEncoder = (row, member, output) => {
  output.json(row, member.start, member.end);
  return null;
};

const textListEncoder: CellEncoder = (row, member, output) => {
  const expectation = "must be an array of strings";
  if (member.kind !== "array") return expectation;
  const list = parseJson(row, member);
  if (!Array.isArray(list)) return expectation;
  const quoted: string[] = [];
  for (const element of list) {
    if (typeof element !== "string") return expectation;
    quoted.push(`"${element.replace(/["\\]/g, "\\$&")}"`);
  }
  output.text(`{${quoted.join(",")}}`);
  return null;
};

function floatEncoder({ minimum, maximum }: Extract<ColumnType, { kind: "float" }>): CellEncoder {
  return (row, member, output) => {
    const value = member.kind === "number" ? Number(bytesOf(row, member)) : Number.NaN;
    if (!(value >= minimum && value <= maximum)) return `must be a number from ${minimum} to ${maximum}`;
    output.raw(row, member.start, member.end);
    return null;
  };
}

function numericEncoder({ scale, minimum, maximum }: Extract<ColumnType, { kind: "numeric" }>): CellEncoder {
  const expectation = `must be a number from ${minimum} to ${maximum} with at most ${scale} decimals`;
  return (row, member, output) => {
    if (member.kind !== "number") return expectation;
    const text = plainDecimal(bytesOf(row, member), scale);
    const digits = decimalForm.exec(text);
    const decimals = (digits?.[1] ?? "").replace(/0+$/, "").length;
    const value = Number(text);
    if (digits === null || decimals > scale || value < minimum || value > maximum) return expectation;
    output.plain(text);
    return null;
  };
}

function wholeNumberEncoder({ minimum, maximum }: Extract<ColumnType, { kind: "integer" | "bigint" }>): CellEncoder {
  return (row, member, output) => {
    const text = member.kind === "number" ? bytesOf(row, member) : "";
    const value = text.length <= longestInteger && integerForm.test(text) ? BigInt(text) : null;
    if (value === null || value < minimum || value > maximum) {
      return `must be a whole number from ${minimum} to ${maximum}`;
    }
    output.plain(text);
    return null;
  };
}

const booleanEncoder: CellEncoder = (_row, member, output) => {
  if (member.kind !== "true" && member.kind !== "false") return "must be true or false";
  output.plain(member.kind);
  return null;
};

function bytesOf(row: Buffer, member: RowMember): string {
  return row.toString("latin1", member.start, member.end);
}

function parseJson(row: Buffer, member: RowMember): unknown {
  return JSON.parse(row.toString("utf8", member.start, member.end));
}

function stringValue(row: Buffer, member: RowMember): string {
  return String(parseJson(row, member));
}

function byteLength(row: Buffer, member: RowMember): number {
  return member.escaped ? Buffer.byteLength(stringValue(row, member)) : member.end - member.start - 2;
}

/**
 * JSON's escapes other than \u mean the same in COPY's text format (\" and \/ stand for
 * the character itself there, too), so most strings go on unread.
 */
function writeString(row: Buffer, member: RowMember, output: CopyBuffer): void {
  if (member.escaped && row.subarray(member.start, member.end).includes("\\u")) output.text(stringValue(row, member));
  else output.raw(row, member.start + 1, member.end - 1);
}

/** A number that was written with an exponent, as a plain decimal where that is exact. */
function plainDecimal(text: string, scale: number): string {
  if (!/[eE]/.test(text)) return text;
  const plain = Number(text).toFixed(scale);
  return Number(plain) === Number(text) ? plain : text;
}
