/**
 * What PostgreSQL and JSON allow in a text and what careless code damages. Each appears in names, titles, JSON names
 * and JSON values.
 */
export const oddTexts = [
  "日本語テキスト 漢字",
  "👩🏽‍🚀 👨‍👩‍👧‍👦 🇧🇷",
  "e\u0301 ñ n\u0303 Å \u0041\u030a",
  "مرحبا بالعالم \u200f(يمين)\u200e",
  "zero\u200bwidth\u200d\u2060\ufeffspace",
  "line\u2028separator\u2029paragraph",
  `"double" 'single' \`back\``,
  "back\\slash \\\\ \\n \\N \\. \\u0041",
  "control \u0001\u0002\u001f\u007f\u0085",
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

// Prime, so that the rows with an odd text fall on every kind of row in turn.
const every = 13;

/** The plain text; for one row in thirteen followed by an odd one. */
export function sometimesOdd(plain: string, index: number): string {
  if (index % every !== 3) return plain;
  return `${plain} ${oddTexts[Math.floor(index / every) % oddTexts.length]}`;
}

/** As above, but also empty for one row in seven. For texts that nobody must write. */
export function sometimesEmpty(plain: string, index: number): string {
  return index % 7 === 5 ? "" : sometimesOdd(plain, index);
}

/** As sometimesOdd, with texts short enough for a natural key, whose bytes are limited. */
export function sometimesOddKey(plain: string, index: number): string {
  return index % 3 === 1 ? `${plain} ${shortTexts[Math.floor(index / 3) % shortTexts.length]}` : plain;
}

const shortTexts = oddTexts.filter((text) => text.length <= 100);
