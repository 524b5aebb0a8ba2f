"use client";

declare global {
  /** Where react-style-singleton, with which Radix stops pages from scrolling, looks for it. */
  var __webpack_nonce__: string | undefined;
}

/** Lets widgets that add a style sheet of their own do so under the page's content security policy. */
export function Nonce({ value }: { value: string }) {
  // A page's first nonce is the one that its policy names, however often the layout is rendered.
  if (typeof window !== "undefined") globalThis.__webpack_nonce__ ??= value;
  return null;
}
