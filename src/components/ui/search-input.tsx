"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { Input } from "./input";

/** Long enough for the next key, short enough to feel at once. */
const settleMilliseconds = 250;

/** Tells its text once nobody has typed for a moment, or at once with Enter. */
export function SearchInput({ label, value, onSearch }: { label: string; value: string; onSearch: (text: string) => void }) {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  const timer = useRef<number>(undefined);
  // The address has changed without this field: by the back button, say.
  if (value !== known) {
    setKnown(value);
    setText(value);
  }
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const tell = (next: string) => {
    window.clearTimeout(timer.current);
    setKnown(next);
    onSearch(next);
  };
  return (
    <div className="relative min-w-0 flex-1 basis-56 max-sm:basis-full">
      <Search aria-hidden className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-soft" />
      <Input
        type="search"
        aria-label={label}
        placeholder={label}
        value={text}
        className="pl-8"
        onChange={({ target }) => {
          setText(target.value);
          window.clearTimeout(timer.current);
          timer.current = window.setTimeout(() => tell(target.value), settleMilliseconds);
        }}
        onKeyDown={({ key }) => {
          if (key === "Enter") tell(text);
        }}
      />
    </div>
  );
}
