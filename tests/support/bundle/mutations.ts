import fc from "fast-check";

export type Mutation =
  | { kind: "flip"; at: number; bit: number }
  | { kind: "set"; at: number; value: number }
  | { kind: "cut"; at: number; length: number }
  | { kind: "duplicate"; at: number; length: number; to: number }
  | { kind: "splice"; other: number; at: number; length: number; to: number };

/** Where in the bytes, as a part of their length; the end has most of what an archive says about itself. */
const place = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.7, max: 1, noNaN: true }));
const length = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 400 }));
/** `other` is one of three archives to splice from. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant("flip"), at: place, bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ kind: fc.constant("set"), at: place, value: fc.constantFrom(0, 1, 0x2e, 0x2f, 0x7f, 0x80, 0xff) }),
  fc.record({ kind: fc.constant("cut"), at: place, length }),
  fc.record({ kind: fc.constant("duplicate"), at: place, length, to: place }),
  fc.record({ kind: fc.constant("splice"), other: fc.nat(2), at: place, length, to: place }),
);

/** @param others what to splice from */
export function mutate(bytes: Buffer, mutation: Mutation, others: readonly Buffer[]): Buffer {
  const at = Math.floor(mutation.at * (bytes.length - 1));
  const changed = Buffer.from(bytes);
  switch (mutation.kind) {
    case "flip":
      changed[at] = (changed[at] ?? 0) ^ (1 << mutation.bit);
      return changed;
    case "set":
      changed[at] = mutation.value;
      return changed;
    case "cut":
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + mutation.length)]);
    case "duplicate":
      return insert(bytes, mutation.to, bytes.subarray(at, at + mutation.length));
    case "splice": {
      const other = others[mutation.other % others.length] ?? bytes;
      const from = Math.floor(mutation.at * (other.length - 1));
      return insert(bytes, mutation.to, other.subarray(from, from + mutation.length));
    }
  }
}

function insert(bytes: Buffer, to: number, piece: Buffer): Buffer {
  const at = Math.floor(to * bytes.length);
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
}
