import type { RowMember } from "@/bundle";

import type { ColumnType } from "../tables";
import type { CopyBuffer } from "./copy-buffer";
import { objectKeyFault } from "./object-key";
import { isTimestamp } from "./timestamp";
import { isPlainListAt, isUtcTimestampAt, isUuidAt } from "./usual-forms";

/**
 * Writes a member's value as a cell and answers null, or writes nothing and answers what
 * a value must be that this one is not. Values go on as the bytes they are, so that
 * microseconds, 64-bit integers and numerics keep every digit.
 */
export type CellEncoder = (row: Buffer, member: RowMember, output: CopyBuffer) => string | null;

export function cellEncoder(type: ColumnType): CellEncoder {
  switch (type.kind) {
    case "uuid":
      return quickly(isUuidAt, formEncoder((text) => uuidForm.test(text), "must be a UUID"));
    case "sha256":
      return formEncoder((text) => sha256Form.test(text), "must be a SHA-256 in lower-case hexadecimal");
    case "timestamp":
      return quickly(
        isUtcTimestampAt,
        formEncoder(isTimestamp, "must be an ISO 8601 timestamp with an offset and at most microseconds"),
      );
    case "enum": {
      const values = new Set(type.values);
      const isValue = isOneOf(type.values.map((value) => Buffer.from(value)));
      return quickly(isValue, formEncoder((text) => values.has(text), `must be one of ${type.values.join(", ")}`));
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

/** Writes another id in place of a row's own, or none. Its own must be one all the same. */
export function substitutedIdEncoder(substitute: (id: string) => string | null): CellEncoder {
  return (row, member, output) => {
    const id = member.kind === "string" ? unescaped(row, member) : "";
    if (!uuidForm.test(id)) return "must be a UUID";
    const other = substitute(id.toLowerCase());
    if (other === null) output.null();
    else output.plain(other);
    return null;
  };
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const sha256Form = /^[0-9a-f]{64}$/;
const integerForm = /^-?\d+$/;
const decimalForm = /^-?\d+(?:\.(\d+))?$/;
/** The digits of 2^63, with its sign: no longer text is a 64-bit integer. */
const longestInteger = 20;

/** Where a string's bytes have their usual form, they go on as they are; otherwise the rule itself decides. */
function quickly(isUsual: (bytes: Buffer, start: number, end: number) => boolean, rule: CellEncoder): CellEncoder {
  return (row, member, output) => {
    if (member.kind !== "string" || !isUsual(row, member.start + 1, member.end - 1)) return rule(row, member, output);
    output.short(row, member.start + 1, member.end - 1);
    return null;
  };
}

function isOneOf(values: readonly Buffer[]) {
  return (bytes: Buffer, start: number, end: number) => values.some((value) => isAt(bytes, start, end, value));
}

function isAt(bytes: Buffer, start: number, end: number, value: Buffer): boolean {
  if (end - start !== value.length) return false;
  for (let index = 0; index < value.length; index++) if (bytes[start + index] !== value[index]) return false;
  return true;
}

/** Bytes: no value of a form is longer, not even a SHA-256 of which every digit is written as an escape. */
const longestForm = 512;

/** Short ASCII values of one form. */
function formEncoder(fits: (text: string) => boolean, expectation: string): CellEncoder {
  return (row, member, output) => {
    if (member.kind !== "string" || member.end - member.start > longestForm) return expectation;
    const text = unescaped(row, member);
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
  if (!member.escaped && isPlainListAt(row, member.start, member.end)) {
    // Its strings are quoted in PostgreSQL's array literal as they are here.
    output.enclosed("{", row, member.start + 1, member.end - 1, "}");
    return null;
  }
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

/** As latin1, which ASCII is: cheaper than what stringValue does. */
function unescaped(row: Buffer, member: RowMember): string {
  return member.escaped ? stringValue(row, member) : row.toString("latin1", member.start + 1, member.end - 1);
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
