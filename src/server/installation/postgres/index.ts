export { type Account, databaseAccount } from "./account";
export { type Binaries, findBinaries } from "./binaries";
export { type Cluster, clusterData, databaseName, initialiseCluster, makePassword } from "./cluster";
export { clearCluster } from "./postmaster";
export { canWrite } from "./run-as";
export { ensureDatabase, type RunningServer, serverUrl, startServer, tryConnection } from "./server";
