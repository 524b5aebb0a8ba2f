import manifest from "../../package.json";

export const applicationVersion: string = manifest.version;
