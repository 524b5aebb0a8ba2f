// Programs that tests talk to as the real thing, and the Debian packages that bring them.
import { accessSync, constants, existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { notice, run } from "./run.mjs";

const packages = [
  { name: "radosgw", programs: ["radosgw"] },
  { name: "ceph-mon", programs: ["ceph-mon"] },
  { name: "ceph-osd", programs: ["ceph-osd"] },
  { name: "nginx-light", programs: ["nginx"] },
  { name: "unzip", programs: ["unzip"] },
  { name: "zip", programs: ["zip"] },
  { name: "python3", programs: ["python3"] },
  { name: "curl", programs: ["curl"] },
  { name: "p7zip-full", programs: ["7z"] },
  // CHROMIUM names another one.
  ...(process.env.CHROMIUM === undefined ? [{ name: "chromium", programs: ["chromium"] }] : []),
];

/** Daemons live where only root's path leads. */
const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin", "/sbin"];

/** Installs what is missing where that is possible: on Debian and its kin, as root. The names of what is still missing. */
export async function ensureSystemPackages() {
  const missing = findMissing();
  if (missing.length === 0) return [];
  if (process.getuid?.() === 0 && hasProgram("apt-get")) await install(missing);
  return findMissing();
}

export function howToInstall(missing) {
  return `apt-get install ${missing.join(" ")}`;
}

async function install(missing) {
  notice(`Installing ${missing.join(" ")} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const allowServices = forbidServices();
  try {
    await run("apt-get", ["-qq", "update"], { env, quiet: true });
    await run("apt-get", ["-qq", "-y", "install", "--no-install-recommends", ...missing], { env, quiet: true });
  } finally {
    allowServices();
  }
}

/** The tests start servers of their own; installing the packages should leave none running on the machine. */
function forbidServices() {
  const policy = "/usr/sbin/policy-rc.d";
  if (existsSync(policy)) return () => undefined;
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  return () => rmSync(policy, { force: true });
}

function findMissing() {
  return packages.filter(({ programs }) => !programs.every(hasProgram)).map(({ name }) => name);
}

function hasProgram(name) {
  return folders.some((folder) => {
    try {
      accessSync(path.join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
