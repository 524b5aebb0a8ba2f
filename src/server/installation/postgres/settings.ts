import { totalmem } from "node:os";

/** Megabytes: PostgreSQL's own default. */
const leastBuffers = 128;
/** Megabytes. With these an import of five million rows takes a seventh less than with the least (docs/performance.md). */
const mostBuffers = 1024;
/** PostgreSQL's manual has a quarter of a machine of its own; this one is the application's as well, and of whoever else is there. */
const shareOfMemory = 1 / 16;

/**
 * One installation's worth: ten connections of the application, a command beside it and psql now and then. Imports
 * write much at once, so checkpoints are kept rare; the rest stays modest since the machine may be small.
 */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "50",
  work_mem: "16MB",
  maintenance_work_mem: "128MB",
  max_wal_size: "2GB",
  checkpoint_timeout: "15min",
  // Nobody replicates this server, so nothing has to be logged for a replica.
  wal_level: "minimal",
  max_wal_senders: "0",
  timezone: "UTC",
  log_timezone: "UTC",
  log_checkpoints: "off",
  // A statement that fails may carry rows of the inventory, which a log should not keep.
  log_min_error_statement: "panic",
};

/** For tests: nothing outlives the run, so nothing waits for the disk. */
const volatileSettings: Readonly<Record<string, string>> = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  // Several test files at once, each with a pool or two.
  max_connections: "200",
  // Many servers on one machine.
  shared_buffers: `${leastBuffers}MB`,
};

/** @param durable whether data is to outlive the machine's failure */
export function serverSettings(durable: boolean): Readonly<Record<string, string>> {
  const shared_buffers = `${sharedBuffers(availableMemory())}MB`;
  return { ...settings, shared_buffers, ...(durable ? {} : volatileSettings) };
}

/** @returns megabytes, of a memory of so many bytes */
export function sharedBuffers(memory: number): number {
  const share = Math.floor((memory * shareOfMemory) / 1024 ** 2);
  return Math.min(Math.max(share, leastBuffers), mostBuffers);
}

/** Bytes: the machine's, or of a container's limit. */
function availableMemory(): number {
  // 0 or more than there is where nothing limits it.
  return Math.min(totalmem(), process.constrainedMemory() || Infinity);
}
