/**
 * What PostgreSQL and JSON allow in a text and what careless code damages. Each appears in names, titles, JSON names
 * and JSON values.
 */
export const oddTexts = [
  "control \u0001\u0002\u001f\u007f\u0085",
  "line\u2028separator\u2029paragraph",
  "日本語テキスト 漢字",
  "👩🏽‍🚀 👨‍👩‍👧‍👦 🇧🇷",
  "e\u0301 ñ n\u0303 Å \u0041\u030a",
  "مرحبا بالعالم \u200f(يمين)\u200e",
  "zero\u200bwidth\u200d\u2060\ufeffspace",
  `"double" 'single' \`back\``,
  "back\\slash \\\\ \\n \\N \\. \\u0041",
  "tab\tnewline\ncarriage\rreturn\r\nend",
  `{a,"b",NULL,{}} [1] (2) $$`,
  "</script><img src=x onerror=alert(1)>&amp;",
  "'; DROP TABLE assets; --",
  "%s ${value} {{value}} %00 %2e%2e",
  "  spaces around  ",
  "İstanbul ıŞğ ẞ ﬁ Ǆ",
  "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \u{10ffff} \uffff\ufffe",
  "Ελληνικά Кириллица עברית हिन्दी ไทย",
  "\ud7ff\ue000 private \uf8ff",
  `long ${"x".repeat(600)}`,
] as const;

/** Rows among which every odd text appears; later ones have fewer, since a real inventory has few. */
const firstRows = 5 * oddTexts.length;

/** The plain text; for some rows followed by an odd one. */
export function sometimesOdd(plain: string, index: number): string {
  const every = index < firstRows ? 5 : 13;
  return index % every === 3 ? `${plain} ${oddTexts[Math.floor(index / every) % oddTexts.length]}` : plain;
}

/** As above, but also empty for one row in seven. For texts that nobody must write. */
export function sometimesEmpty(plain: string, index: number): string {
  return index % 7 === 5 ? "" : sometimesOdd(plain, index);
}

/** The plain text followed by an odd one that is short enough for a natural key, whose bytes are limited. */
export function oddKey(plain: string, index: number): string {
  return `${plain} ${shortTexts[index % shortTexts.length]}`;
}

const shortTexts = oddTexts.filter((text) => text.length <= 100);
