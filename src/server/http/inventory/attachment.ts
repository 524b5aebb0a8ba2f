/** A Content-Disposition that has browsers save under this name, whatever is in it (RFC 6266, RFC 8187). */
export function attachment(name: string): string {
  // Separators of folders and control characters, as in the names that browsers would make of them.
  const file = name.replaceAll(/[\p{Cc}\p{Cf}/\\]/gu, "_") || "file";
  const plain = file.replaceAll(/[^\x20-\x7e]|["%]/g, "_");
  return `attachment; filename="${plain}"; filename*=UTF-8''${encode(file)}`;
}

/** What encodeURIComponent leaves alone beyond RFC 8187's attr-char. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
