/** What threads need of secrets; settings.ts, which brings schemas along, is taken by itself. */
export { secretNameEnds } from "./find-secret-name";
export { removedWarnings, SecretScrubber, secretsRemoved } from "./secret-scrubber";
export { isSecretName, secretEndingPattern } from "./secret-names";
