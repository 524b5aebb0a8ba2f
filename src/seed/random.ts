import { hash } from "node:crypto";

/** Everything that the seed makes is a function of the seed, a label and an index, so that rows need no memory. */
export class Source {
  readonly #prefix: string;
  readonly #words: readonly [number, number, number];
  /** Eight hexadecimal characters that keep the unique texts of two seeds apart. */
  readonly tag: string;

  constructor(seed: string) {
    this.#prefix = hash("sha256", `seed/${seed}`, "hex");
    this.tag = this.#prefix.slice(0, 8);
    this.#words = [word(this.#prefix, 8), word(this.#prefix, 16), word(this.#prefix, 24)];
  }

  /** Lower-case hexadecimal, at most 64 characters. */
  hex(label: string, length: number): string {
    return hash("sha256", `${this.#prefix}/${label}`, "hex").slice(0, length);
  }

  /** Has the form of a random UUID (RFC 9562, version 4), which every validator accepts. */
  uuid(label: string, index: number): string {
    const digits = hash("sha256", `${this.#prefix}/${label}/${index}`, "hex");
    const variant = "89ab"[Number.parseInt(digits.charAt(16), 16) & 3] ?? "8";
    return (
      `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}` +
      `-${variant}${digits.slice(17, 20)}-${digits.slice(20, 32)}`
    );
  }

  random(label: string, index: number): Random {
    const [a, b, c] = this.#words;
    return new Random(a ^ fingerprint(label), b ^ index, c ^ Math.floor(index / 0x1_0000_0000));
  }
}

/** The sfc32 generator by Chris Doty-Humphrey: fast and even; nothing secret depends on it. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(a: number, b: number, c: number) {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    // Twelve rounds are what its author found to mix neighbouring seeds.
    for (let round = 0; round < 12; round++) this.#next();
  }

  /** From 0 up to, not including, `below`. */
  integer(below: number): number {
    return Math.floor((this.#next() / 0x1_0000_0000) * below);
  }

  chance(percent: number): boolean {
    return this.integer(100) < percent;
  }

  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.integer(values.length)] ?? values[0];
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}

/** The values in turn, round and round: what a table of few rows needs to hold each of them. */
export function inTurn<T>(values: readonly [T, ...T[]], index: number): T {
  return values[index % values.length] ?? values[0];
}

/** Each value once for the first rows, so that none is missing; then as the weights say. */
export function coverThenDraw<T>(
  values: readonly [T, ...T[]],
  weights: readonly number[],
  index: number,
  random: Random,
): T {
  const first = values[index];
  if (first !== undefined) return first;
  let left = random.integer(weights.reduce((sum, weight) => sum + weight, 0));
  const drawn = values.find((_, position) => (left -= weights[position] ?? 0) < 0);
  return drawn ?? values[0];
}

function word(digits: string, start: number): number {
  return Number.parseInt(digits.slice(start, start + 8), 16);
}

const fingerprints = new Map<string, number>();

function fingerprint(label: string): number {
  const known = fingerprints.get(label);
  if (known !== undefined) return known;
  const made = word(hash("sha256", label, "hex"), 0);
  fingerprints.set(label, made);
  return made;
}
