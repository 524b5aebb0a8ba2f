/** ZIP64's integers of eight bytes, as numbers. Null where one is past 2^53: no file is that large. */
export function readUInt64(buffer: Buffer, offset: number): number | null {
  const value = buffer.readBigUInt64LE(offset);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null;
}

export function writeUInt64(buffer: Buffer, value: number, offset: number): number {
  return buffer.writeBigUInt64LE(BigInt(value), offset);
}
