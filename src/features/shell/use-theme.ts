"use client";

import { useSyncExternalStore } from "react";

import { themeCookie, themeOf, type Theme } from "./theme";

const oneYearSeconds = 365 * 24 * 60 * 60;

const listeners = new Set<() => void>();

/** The theme that was chosen. The server writes it into the page, so that nothing flashes. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const theme = useSyncExternalStore(subscribe, currentTheme, () => "system" as const);
  return [theme, chooseTheme];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function currentTheme(): Theme {
  return themeOf(document.documentElement.dataset.theme);
}

function chooseTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.cookie = `${themeCookie}=${theme}; path=/; max-age=${oneYearSeconds}; samesite=lax`;
  for (const listener of listeners) listener();
}
