/** Numbers of PKWARE's APPNOTE.TXT 6.3.10 that more than one record uses. */
export const method = { stored: 0, deflated: 8 } as const;

export const flag = {
  encrypted: 1 << 0,
  /** CRC and sizes follow the data, in a data descriptor. */
  descriptor: 1 << 3,
  strongEncryption: 1 << 6,
  utf8: 1 << 11,
  maskedHeaders: 1 << 13,
  /** Which effort the deflater made; means nothing to a reader. */
  deflateEffort: (1 << 1) | (1 << 2),
} as const;

/** In a field of two or four bytes: the value stands in a ZIP64 record. */
export const sentinel16 = 0xffff;
export const sentinel32 = 0xffffffff;

/** "Version needed to extract": 2.0 for deflate and folders, 4.5 for ZIP64. */
export const version = { basic: 20, zip64: 45 } as const;
