import type { RowMember } from "@/bundle/rows";

import type { ColumnType } from "../tables";
import type { CopyBuffer } from "./copy-buffer";
import { objectKeyFault } from "./object-key";
import { microsecondsOf } from "./timestamp";
import { isUuidAt, plainListLength, shortDecimalAt, tenThousandthsAt, utcMicrosecondsAt } from "./usual-forms";

/**
 * Writes a member's value as a cell and answers null, or writes nothing and answers what
 * a value must be that this one is not. Microseconds, 64-bit integers and numerics keep
 * every digit.
 */
export type CellEncoder = (row: Buffer, member: RowMember, output: CopyBuffer) => string | null;

export function cellEncoder(type: ColumnType): CellEncoder {
  switch (type.kind) {
    case "uuid":
      return uuidEncoder;
    case "sha256":
      return formEncoder((text) => sha256Form.test(text), "must be a SHA-256 in lower-case hexadecimal");
    case "timestamp":
      return timestampEncoder;
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
    const id = shortText(row, member);
    if (id === null || !uuidForm.test(id)) return "must be a UUID";
    const other = substitute(id.toLowerCase());
    if (other === null) output.null();
    else output.uuid(Buffer.from(other), 0);
    return null;
  };
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const sha256Form = /^[0-9a-f]{64}$/;
const integerForm = /^-?\d+$/;
const decimalForm = /^(-?)(\d+)(?:\.(\d+))?$/;
/** From the front: looking for zeros at the end of millions of them takes the square of their number. */
const onlyZeros = /^0*$/;
/** A digit before an exponent. */
const isNotZero = /^[^eE]*[1-9]/;
const quote = 0x22;
/** The digits of 2^63, with its sign: no longer text is a 64-bit integer. */
const longestInteger = 20;

const uuidEncoder: CellEncoder = (row, member, output) => {
  if (member.kind === "string" && isUuidAt(row, member.start + 1, member.end - 1)) {
    output.uuid(row, member.start + 1);
    return null;
  }
  const id = shortText(row, member);
  if (id === null || !uuidForm.test(id)) return "must be a UUID";
  output.uuid(Buffer.from(id), 0);
  return null;
};

const timestampEncoder: CellEncoder = (row, member, output) => {
  const usual = member.kind === "string" ? utcMicrosecondsAt(row, member.start + 1, member.end - 1) : Number.NaN;
  if (!Number.isNaN(usual)) {
    output.safeInteger(usual);
    return null;
  }
  const text = shortText(row, member);
  const microseconds = text === null ? null : microsecondsOf(text);
  if (microseconds === null) return "must be an ISO 8601 timestamp with an offset and at most microseconds";
  output.bigint(microseconds);
  return null;
};

/** Where a string's bytes have their usual form, they go on as they are; otherwise the rule itself decides. */
function quickly(isUsual: (bytes: Buffer, start: number, end: number) => boolean, rule: CellEncoder): CellEncoder {
  return (row, member, output) => {
    if (member.kind !== "string" || !isUsual(row, member.start + 1, member.end - 1)) return rule(row, member, output);
    output.raw(row, member.start + 1, member.end - 1);
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

/** A string that is short enough to be of some form; as latin1, which ASCII is. */
function shortText(row: Buffer, member: RowMember): string | null {
  if (member.kind !== "string" || member.end - member.start > longestForm) return null;
  return member.escaped ? stringValue(row, member) : row.toString("latin1", member.start + 1, member.end - 1);
}

/** Short ASCII values of one form. */
function formEncoder(fits: (text: string) => boolean, expectation: string): CellEncoder {
  return (row, member, output) => {
    const text = shortText(row, member);
    if (text === null || !fits(text)) return expectation;
    output.text(text);
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
  const length = member.escaped ? null : plainListLength(row, member.start, member.end);
  if (length !== null) {
    writePlainList(row, member.start, length, output);
    return null;
  }
  const list = parseJson(row, member);
  if (!isStrings(list)) return expectation;
  const start = output.beginList(list.length);
  for (const element of list) output.text(element);
  output.endList(start);
  return null;
};

/** What plainListLength told the length of. */
function writePlainList(row: Buffer, start: number, length: number, output: CopyBuffer): void {
  const list = output.beginList(length);
  let position = start + 2;
  for (let element = 0; element < length; element++) {
    const end = row.indexOf(quote, position);
    output.raw(row, position, end);
    position = end + 3;
  }
  output.endList(list);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((element) => typeof element === "string");
}

function floatEncoder({ minimum, maximum }: Extract<ColumnType, { kind: "float" }>): CellEncoder {
  const expectation = `must be a number from ${minimum} to ${maximum}`;
  return (row, member, output) => {
    if (member.kind !== "number") return expectation;
    const usual = shortDecimalAt(row, member.start, member.end);
    const value = Number.isNaN(usual) ? Number(bytesOf(row, member)) : usual;
    if (!(value >= minimum && value <= maximum)) return expectation;
    if (value === 0 && isNotZero.test(bytesOf(row, member))) return "is out of range: no number of 64 bits is so near to zero";
    output.float(value);
    return null;
  };
}

function numericEncoder({ scale, minimum, maximum }: Extract<ColumnType, { kind: "numeric" }>): CellEncoder {
  if (scale > 4 || maximum >= 10_000 || minimum <= -10_000) throw new RangeError("CopyBuffer writes numerics of four digits and four decimals");
  const expectation = `must be a number from ${minimum} to ${maximum} with at most ${scale} decimals`;
  const unit = 10 ** (4 - scale);
  return (row, member, output) => {
    if (member.kind !== "number") return expectation;
    const tenThousandths = tenThousandthsAt(row, member.start, member.end);
    if (tenThousandths % unit === 0 && tenThousandths >= minimum * 10_000 && tenThousandths <= maximum * 10_000) {
      output.numeric(false, Math.floor(tenThousandths / 10_000), tenThousandths % 10_000, scale);
      return null;
    }
    const text = plainDecimal(bytesOf(row, member), scale);
    const [, sign, whole = "", fraction = ""] = decimalForm.exec(text) ?? [];
    const value = Number(text);
    if (whole === "" || !onlyZeros.test(fraction.slice(scale)) || value < minimum || value > maximum) return expectation;
    output.numeric(sign === "-", Number(whole), Number(fraction.slice(0, scale).padEnd(4, "0")), scale);
    return null;
  };
}

function wholeNumberEncoder({ kind, minimum, maximum }: Extract<ColumnType, { kind: "integer" | "bigint" }>): CellEncoder {
  return (row, member, output) => {
    const text = member.kind === "number" ? bytesOf(row, member) : "";
    const value = text.length <= longestInteger && integerForm.test(text) ? BigInt(text) : null;
    if (value === null || value < minimum || value > maximum) {
      return `must be a whole number from ${minimum} to ${maximum}`;
    }
    if (kind === "integer") output.integer(Number(value));
    else output.bigint(value);
    return null;
  };
}

const booleanEncoder: CellEncoder = (_row, member, output) => {
  if (member.kind !== "true" && member.kind !== "false") return "must be true or false";
  output.boolean(member.kind === "true");
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

function writeString(row: Buffer, member: RowMember, output: CopyBuffer): void {
  if (!member.escaped) output.raw(row, member.start + 1, member.end - 1);
  else if (row.subarray(member.start, member.end).includes("\\u")) output.text(stringValue(row, member));
  else output.unescaped(row, member.start + 1, member.end - 1);
}

/** A number that was written with an exponent, as a plain decimal where that is exact. */
function plainDecimal(text: string, scale: number): string {
  if (!/[eE]/.test(text)) return text;
  const plain = Number(text).toFixed(scale);
  return Number(plain) === Number(text) ? plain : text;
}
