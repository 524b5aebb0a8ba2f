import type { asset_relation_type, asset_type } from "@/generated/prisma/enums";
import type { OrganizationShare } from "./inventory";
import { asciiHost, clusterDomain, unicodeHosts } from "./names";
import { oddKey } from "./text/odd-texts";

/** What identifies an asset: how people write it and how it is compared. */
export interface AssetIdentity {
  readonly type: asset_type;
  readonly value: string;
  readonly normalized: string;
}

/** What a cluster's assets are named after. */
interface Names {
  readonly organization: OrganizationShare;
  readonly cluster: number;
  readonly domain: string;
}

const labels = ["vpn", "staging", "shop", "portal", "git", "grafana", "files", "legacy"] as const;
const products = [
  "nginx 1.25.3",
  "Apache httpd 2.4.57",
  "OpenSSH 9.6",
  "WordPress 6.4.2",
  "Jenkins 2.440",
  "Tomcat 9.0.83",
] as const;

const unicodeHost = ({ cluster, domain }: Names) =>
  `${unicodeHosts[cluster % unicodeHosts.length] ?? "café"}.${domain}`;
const label = ({ cluster }: Names) => labels[cluster % labels.length] ?? "portal";

/** Where each asset of a cluster stands in it. A cluster is a domain with all that was found behind it. */
const slots = {
  domain: 0,
  www: 1,
  api: 2,
  mail: 3,
  other: 4,
  unicode: 5,
  webAddress: 6,
  mailAddress: 7,
  address6: 8,
  https: 9,
  smtp: 10,
  http: 11,
  dns: 12,
  home: 13,
  apiUrl: 14,
  oddUrl: 15,
  certificate: 16,
  wildcardCertificate: 17,
  technology: 18,
  email: 19,
  repository: 20,
  bucket: 21,
  network: 22,
  autonomousSystem: 23,
} as const;

type Slot = keyof typeof slots;

const build: Readonly<Record<Slot, (names: Names) => AssetIdentity>> = {
  domain: ({ domain }) => plain("domain", domain),
  www: ({ domain }) => ({ type: "subdomain", value: `WWW.${domain}`, normalized: `www.${domain}` }),
  api: ({ domain }) => plain("subdomain", `api.${domain}`),
  mail: ({ domain }) => plain("subdomain", `mail.${domain}`),
  other: (names) => plain("subdomain", `${label(names)}.${names.domain}`),
  unicode: (names) => ({ type: "subdomain", value: unicodeHost(names), normalized: asciiHost(unicodeHost(names)) }),
  webAddress: ({ cluster }) => plain("ip", address4(2 * cluster)),
  mailAddress: ({ cluster }) => plain("ip", address4(2 * cluster + 1)),
  address6: ({ cluster }) => ({
    type: "ip",
    value: `2001:DB8:${groups(cluster)}:0:0:0:10`,
    normalized: `2001:db8:${groups(cluster)}::10`,
  }),
  https: ({ cluster }) => plain("service", `${address4(2 * cluster)}:443/tcp`),
  smtp: ({ cluster }) => plain("service", `${address4(2 * cluster + 1)}:25/tcp`),
  http: ({ cluster }) => plain("service", `${address4(2 * cluster)}:80/tcp`),
  dns: ({ cluster }) => plain("service", `[2001:db8:${groups(cluster)}::10]:53/udp`),
  home: ({ domain }) => ({ type: "url", value: `HTTPS://www.${domain}`, normalized: `https://www.${domain}/` }),
  apiUrl: ({ domain }) => plain("url", `https://api.${domain}/v1/orders?limit=50&sort=-created_at`),
  oddUrl: ({ cluster, domain }) => folded("url", `http://www.${domain}/${oddKey("søk/?q=a+b%20c&x='", cluster)}`),
  certificate: ({ domain }) => plain("certificate", `cn=www.${domain}`),
  wildcardCertificate: ({ domain }) => plain("certificate", `cn=*.${domain}`),
  technology: ({ cluster, domain }) => {
    const product = products[cluster % products.length] ?? "nginx";
    const value = `${product} @ www.${domain}`;
    return folded("technology", cluster % 3 === 1 ? oddKey(value, cluster + 8) : value);
  },
  email: ({ domain }) => ({ type: "email", value: `Security@${domain}`, normalized: `security@${domain}` }),
  repository: ({ domain, cluster }) => plain("repository", `https://git.${domain}/platform/service-${cluster}`),
  bucket: ({ domain }) => plain("cloud_resource", `s3://${domain.replaceAll(".", "-")}-assets`),
  network: ({ cluster }) => plain("cidr", `2001:db8:${groups(cluster)}::/64`),
  // The private range of 32-bit numbers (RFC 6996).
  autonomousSystem: ({ cluster }) => plain("asn", `AS${4_200_000_000 + cluster}`),
};

const slotNames = Object.keys(slots).filter((name): name is Slot => name in build);
export const assetsPerCluster = slotNames.length;

/** @param local the asset's index within its organization. */
export function assetIdentity(organization: OrganizationShare, local: number): AssetIdentity {
  const cluster = Math.floor(local / assetsPerCluster);
  const slot = slotNames[local % assetsPerCluster] ?? "domain";
  return build[slot]({ organization, cluster, domain: clusterDomain(organization, cluster) });
}

/** How the assets of one cluster connect. */
const connections: readonly (readonly [Slot, asset_relation_type, Slot])[] = [
  ["domain", "contains", "www"],
  ["domain", "contains", "api"],
  ["domain", "contains", "mail"],
  ["domain", "contains", "other"],
  ["domain", "contains", "unicode"],
  ["www", "resolves_to", "webAddress"],
  ["mail", "resolves_to", "mailAddress"],
  ["api", "resolves_to", "address6"],
  ["other", "points_to", "www"],
  ["other", "related_to", "www"],
  ["unicode", "points_to", "www"],
  ["webAddress", "exposes", "https"],
  ["webAddress", "exposes", "http"],
  ["mailAddress", "exposes", "smtp"],
  ["address6", "exposes", "dns"],
  ["https", "serves", "home"],
  ["https", "serves", "apiUrl"],
  ["http", "serves", "oddUrl"],
  ["oddUrl", "redirects_to", "home"],
  // A redirect to itself is a finding of its own.
  ["apiUrl", "redirects_to", "apiUrl"],
  ["www", "has_certificate", "certificate"],
  ["https", "has_certificate", "wildcardCertificate"],
  ["https", "runs", "technology"],
  ["domain", "related_to", "email"],
  ["domain", "related_to", "repository"],
  ["repository", "related_to", "bucket"],
  ["network", "contains", "address6"],
  ["autonomousSystem", "contains", "network"],
];

export interface Connection {
  readonly relation: asset_relation_type;
  /** Indexes of assets within the organization. */
  readonly from: number;
  readonly to: number;
}

/** Every connection between the organization's assets, cluster by cluster. */
export function* connectionsOf(organization: OrganizationShare): Generator<Connection> {
  const { count } = organization.assets;
  for (let first = 0; first < count; first += assetsPerCluster) {
    for (const [from, relation, to] of connections) {
      const connection = { relation, from: first + slots[from], to: first + slots[to] };
      if (connection.from < count && connection.to < count) yield connection;
    }
  }
}

/** What a scanner reports nothing about by itself. */
const unscanned: ReadonlySet<Slot> = new Set(["email", "network", "autonomousSystem"]);
const scanned = slotNames.filter((name) => !unscanned.has(name)).map((name) => slots[name]);

/** How many of the organization's assets can have vulnerabilities: at least one where it has any. */
export function countVulnerableAssets({ assets: { count } }: OrganizationShare): number {
  const rest = count % assetsPerCluster;
  return Math.floor(count / assetsPerCluster) * scanned.length + scanned.filter((slot) => slot < rest).length;
}

/** @returns the asset's index within its organization. */
export function vulnerableAsset(number: number): number {
  return Math.floor(number / scanned.length) * assetsPerCluster + (scanned[number % scanned.length] ?? 0);
}

function plain(type: asset_type, value: string): AssetIdentity {
  return { type, value, normalized: value };
}

function folded(type: asset_type, value: string): AssetIdentity {
  return { type, value, normalized: value.toLowerCase() };
}

/** The n-th address of the range for benchmarks (RFC 2544), after its end of the private range 10.0.0.0/8. */
function address4(number: number): string {
  const block = number < 0x2_0000 ? 0xc612_0000 + number : 0x0a00_0000 + (number - 0x2_0000);
  return [24, 16, 8, 0].map((shift) => (block >>> shift) & 255).join(".");
}

function groups(cluster: number): string {
  return `${(cluster >>> 16).toString(16)}:${(cluster & 0xffff).toString(16)}`;
}
