export { scrubJson } from "./scrub-json";
export { RowScrubber } from "./scrub-rows";
export { isSecretName } from "./secret-names";
export { readableSettings } from "./settings";
