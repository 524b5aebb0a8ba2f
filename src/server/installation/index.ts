export { codeOf, InstallationError, type InstallationErrorCode, messageOf } from "./errors";
export { type Installation, openInstallation, type OpenOptions } from "./open-installation";
