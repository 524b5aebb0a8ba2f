"use client";

import { RadioGroup as Primitive } from "radix-ui";
import { useId, type ReactNode } from "react";

import { classNames } from "./class-names";

export interface RadioGroupProps<Value extends string> {
  label: string;
  value: Value;
  onValueChange: (value: Value) => void;
  options: readonly { value: Value; label: ReactNode; description?: ReactNode }[];
  /** Side by side where there is room. */
  columns?: 1 | 2 | 3;
}

const columnClasses = { 1: "", 2: "md:grid-cols-2", 3: "lg:grid-cols-3" } as const;

/** A choice of a few, each a card with what it means. */
export function RadioGroup<Value extends string>(props: RadioGroupProps<Value>) {
  const { label, value, onValueChange, options, columns = 1 } = props;
  const id = useId();
  return (
    <Primitive.Root
      aria-label={label}
      value={value}
      onValueChange={(chosen) => {
        const option = options.find((candidate) => candidate.value === chosen);
        if (option !== undefined) onValueChange(option.value);
      }}
      className={classNames("grid gap-2", columnClasses[columns])}
    >
      {options.map((option) => (
        <label
          key={option.value}
          className="flex cursor-pointer items-start gap-3 rounded-md border border-line p-3 hover:bg-sunken has-data-[state=checked]:border-accent has-data-[state=checked]:bg-accent-soft"
        >
          <Primitive.Item
            value={option.value}
            // An arrow key moves the focus, and the choice with it; Radix leaves the choice where it is if the key is up again by then.
            onFocus={() => {
              if (option.value !== value) onValueChange(option.value);
            }}
            aria-labelledby={`${id}-${option.value}`}
            aria-describedby={option.description === undefined ? undefined : `${id}-${option.value}-description`}
            className="mt-0.5 flex size-4.5 shrink-0 items-center justify-center rounded-full border border-line-strong bg-surface data-[state=checked]:border-accent"
          >
            <Primitive.Indicator className="size-2.5 rounded-full bg-accent" />
          </Primitive.Item>
          <span className="min-w-0">
            <span id={`${id}-${option.value}`} className="block text-sm font-medium">
              {option.label}
            </span>
            {option.description !== undefined && (
              <span id={`${id}-${option.value}-description`} className="mt-0.5 block text-[0.8125rem] text-soft">
                {option.description}
              </span>
            )}
          </span>
        </label>
      ))}
    </Primitive.Root>
  );
}
