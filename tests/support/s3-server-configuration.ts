import path from "node:path";

export interface ClusterSettings {
  directory: string;
  clusterId: string;
  /** The S3 endpoint's. */
  port: number;
  monitorPort: number;
}

/** The files and folders of a cluster, all within its directory. */
export function clusterPaths(directory: string) {
  const within = (name: string) => path.join(directory, name);
  return {
    configuration: within("ceph.conf"),
    keyring: within("keyring"),
    monitorMap: within("monitor-map"),
    monitor: within("monitor"),
    osd: within("osd"),
    gateway: within("gateway"),
    logs: within("logs"),
    /** Written last: where it is, the cluster is complete and can be started again. */
    state: within("s3-server.json"),
  };
}

/** ceph.conf for a cluster of one monitor, one OSD and one gateway that nobody else talks to. */
export function clusterConfiguration({ directory, clusterId, port, monitorPort }: ClusterSettings): string {
  const paths = clusterPaths(directory);
  const section = (name: string, settings: Record<string, string | number | boolean>) =>
    [`[${name}]`, ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`), ""].join("\n");
  return [
    section("global", {
      fsid: clusterId,
      "mon host": `[v2:127.0.0.1:${monitorPort}/0]`,
      "public addr": "127.0.0.1",
      "cluster addr": "127.0.0.1",
      "ms bind ipv6": false,
      // Without authentication the gateway hangs at its start.
      "auth cluster required": "cephx",
      "auth service required": "cephx",
      "auth client required": "cephx",
      "auth allow insecure global id reclaim": false,
      keyring: paths.keyring,
      // Sockets' paths are limited to 107 bytes, which a temporary folder can exceed.
      "admin socket": "",
      "log file": `${paths.logs}/$name.log`,
      "run dir": directory,
      // A quorum of one has nobody to wait for.
      "paxos propose interval": 0.05,
      "paxos min wait": 0.01,
      "osd pool default size": 1,
      "osd pool default min size": 1,
      "osd pool default pg num": 2,
      "osd pool default pg autoscale mode": "off",
      "osd crush chooseleaf type": 0,
      "mon allow pool size one": true,
      "mon max pg per osd": 1000,
      // Tests run on machines with full disks too.
      "mon data avail warn": 2,
      "mon data avail crit": 1,
    }),
    section("mon.a", { "mon data": paths.monitor }),
    section("osd.0", {
      "osd data": paths.osd,
      // The store in memory takes three times as much of it.
      "osd objectstore": "bluestore",
      // A sparse file: takes what is in it.
      "bluestore block size": 20 * 1024 ** 3,
      "bluestore block create": true,
      "bluestore fsck on mount": false,
      "osd memory target": 1024 ** 3,
      // After a kill, reads wait until the dead OSD's lease has run out: 2 s rather than 16.
      "osd pool default read lease ratio": 0.1,
      "osd class load list": "*",
      "osd class default list": "*",
    }),
    section("client.gateway", {
      "rgw data": paths.gateway,
      // Nagle's algorithm costs 40 ms in each small answer.
      "rgw frontends": `beast endpoint=127.0.0.1:${port} tcp_nodelay=1`,
      "rgw thread pool size": 64,
      "rgw enable usage log": false,
      "rgw dynamic resharding": false,
      "rgw override bucket index max shards": 1,
      "rgw s3 auth use keystone": false,
    }),
  ].join("\n");
}
