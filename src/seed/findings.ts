import type { severity } from "@/generated/prisma/enums";

/** What a scanner may find. */
export interface Finding {
  readonly name: string;
  readonly title: string;
  readonly severity: severity;
  readonly cvss: string | null;
  readonly cves: readonly string[];
  readonly remediation: string;
}

const update = "Update to a release that fixes it, and look for signs of earlier use.";
const configure = "Correct the configuration and scan again.";

export const findings: readonly [Finding, ...Finding[]] = [
  known("log4j-rce", "Apache Log4j 2 remote code execution", "critical", "10.0", "CVE-2021-44228", "CVE-2021-45046"),
  known("confluence-ognl", "Confluence OGNL injection", "critical", "9.8", "CVE-2022-26134"),
  known("citrix-bleed", "Citrix NetScaler memory disclosure", "critical", "9.4", "CVE-2023-4966"),
  known("moveit-sqli", "MOVEit Transfer SQL injection", "critical", "9.8", "CVE-2023-34362"),
  known("heartbleed", "OpenSSL heartbeat reads beyond its buffer", "high", "7.5", "CVE-2014-0160"),
  known("spring4shell", "Spring Framework data binding to code execution", "critical", "9.8", "CVE-2022-22965"),
  known("regresshion", "OpenSSH signal handler race", "high", "8.1", "CVE-2024-6387"),
  known("apache-traversal", "Apache HTTP Server path traversal", "high", "7.5", "CVE-2021-41773", "CVE-2021-42013"),
  known("terrapin", "SSH prefix truncation", "medium", "5.9", "CVE-2023-48795"),
  known("http2-rapid-reset", "HTTP/2 rapid reset", "high", "7.5", "CVE-2023-44487"),
  known("jquery-xss", "jQuery passes untrusted HTML", "medium", "6.1", "CVE-2020-11022", "CVE-2020-11023"),
  known("sweet32", "64-bit block ciphers", "low", "3.7", "CVE-2016-2183"),
  seen("tls-expired", "Certificate has expired", "medium", "5.3"),
  seen("tls-self-signed", "Certificate is self-signed", "low", "3.1"),
  seen("missing-hsts", "Strict-Transport-Security is missing", "info", null),
  seen("missing-csp", "Content-Security-Policy is missing", "info", "0.0"),
  seen("directory-listing", "Directory listing is on", "low", "2.7"),
  seen("git-exposed", "The .git folder can be read", "high", "7.5"),
  seen("bucket-public", "Bucket can be listed by anyone", "high", "8.2"),
  seen("open-redirect", "Open redirect", "medium", "4.7"),
  seen("dangling-cname", "CNAME points to a name that can be registered", "high", "8.6"),
  seen("spf-missing", "SPF record is missing", "info", null),
  seen("admin-panel", "Administration panel is reachable", "medium", null),
];

function known(name: string, title: string, of: severity, cvss: string, ...cves: string[]): Finding {
  return { name, title, severity: of, cvss, cves, remediation: update };
}

function seen(name: string, title: string, of: severity, cvss: string | null): Finding {
  return { name, title, severity: of, cvss, cves: [], remediation: configure };
}
