/** What a mark says beyond its words. Colour never says it alone. */
export type Tone = "neutral" | "info" | "success" | "warning" | "danger" | "violet";

export const softTones: Readonly<Record<Tone, string>> = {
  neutral: "bg-sunken text-soft",
  info: "bg-info-soft text-info",
  success: "bg-success-soft text-success",
  warning: "bg-warning-soft text-warning",
  danger: "bg-danger-soft text-danger",
  violet: "bg-violet-soft text-violet",
};

/** For bars and dots. */
export const solidTones: Readonly<Record<Tone, string>> = {
  neutral: "bg-neutral-solid",
  info: "bg-info-solid",
  success: "bg-success-solid",
  warning: "bg-warning-solid",
  danger: "bg-danger-solid",
  violet: "bg-violet-solid",
};
