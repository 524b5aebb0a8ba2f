export { checkSeedOptions, SeedError, type SeedOptions } from "./options";
export { plantedSecrets, seedInstallation } from "./seed-installation";
export { spelledSecretNames } from "./secrets";
export { seededMember } from "./tables/users";
export type { SeedContext, SeedSummary } from "./transaction";
export { loadRealInventory, type RealInventoryOptions } from "./real/load-real-inventory";
