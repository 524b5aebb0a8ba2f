export { scrubJson } from "./scrub-json";
export { RowScrubber, secretsRemoved } from "./scrub-rows";
export { isSecretName, secretEndingPattern } from "./secret-names";
export { readableSettings } from "./settings";
