"use client";

import { Monitor, Moon, Sun, type LucideIcon } from "lucide-react";
import { useId } from "react";

import { themes, type Theme } from "./theme";
import { useTheme } from "./use-theme";

const looks: Readonly<Record<Theme, { label: string; icon: LucideIcon }>> = {
  system: { label: "As the system", icon: Monitor },
  light: { label: "Light", icon: Sun },
  dark: { label: "Dark", icon: Moon },
};

export function ThemeChoice() {
  const [chosen, choose] = useTheme();
  const name = useId();
  return (
    <fieldset>
      <legend className="px-2 pt-1 pb-1 text-xs text-soft">Theme</legend>
      {themes.map((theme) => {
        const { label, icon: Icon } = looks[theme];
        return (
          <label
            key={theme}
            className="flex cursor-pointer items-center gap-2 rounded px-2 py-1.5 hover:bg-sunken has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              value={theme}
              checked={chosen === theme}
              onChange={() => choose(theme)}
              className="accent-accent outline-none"
            />
            <Icon aria-hidden className="size-4" />
            {label}
          </label>
        );
      })}
    </fieldset>
  );
}
