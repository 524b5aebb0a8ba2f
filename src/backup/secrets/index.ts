export { secretNameEnds } from "./find-secret-name";
export { removedWarnings, SecretScrubber, secretsRemoved } from "./secret-scrubber";
export { isSecretName, secretEndingPattern } from "./secret-names";
