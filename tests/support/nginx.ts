import { execFile, spawn } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

/** Debian's place for daemons is not on everybody's path. */
const searchPath = `${process.env.PATH ?? ""}:/usr/sbin`;

export interface Nginx {
  /** https, with a certificate that nobody signed. */
  url: string;
  /** The SHA-256 of the certificate's public key, in base64. */
  publicKeyHash: string;
  /** What it has logged as an error. */
  errors(): Promise<string>;
  stop(): Promise<void>;
}

/** A real nginx with deploy/nginx.conf, in which nothing but names, ports and paths is replaced. */
export async function startNginx(ports: { http: number; https: number; application: number }): Promise<Nginx> {
  const folder = await mkdtemp(path.join(tmpdir(), "system-backup-nginx-"));
  const at = (name: string) => path.join(folder, name);
  await makeCertificate(at("nginx.key"), at("nginx.crt"));
  await writeFile(at("nginx.conf"), adapt(await readFile("deploy/nginx.conf", "utf8"), ports, folder));
  const child = spawn("nginx", ["-p", folder, "-c", at("nginx.conf"), "-e", at("error.log"), "-g", "daemon off;"], {
    env: { NODE_ENV: "test", PATH: searchPath },
    stdio: "ignore",
  });
  const ended = once(child, "exit");
  while (!(await isOpen(ports.https))) {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${await readFile(at("error.log"), "utf8")}`);
    await delay(50);
  }
  return {
    url: `https://127.0.0.1:${ports.https}`,
    publicKeyHash: publicKeyHash(await readFile(at("nginx.crt"))),
    errors: () => readFile(at("error.log"), "utf8"),
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function adapt(configuration: string, ports: { http: number; https: number; application: number }, folder: string): string {
  const replacements: [string, string][] = [
    ["worker_processes auto;", `worker_processes 1;\npid ${folder}/nginx.pid;${process.getuid?.() === 0 ? "\nuser root;" : ""}`],
    ["server_tokens off;", `server_tokens off;\n${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`).join("\n")}`],
    ["server 127.0.0.1:3000;", `server 127.0.0.1:${ports.application};`],
    ["listen 80;", `listen 127.0.0.1:${ports.http};`],
    ["listen 443 ssl;", `listen 127.0.0.1:${ports.https} ssl;`],
    ["/etc/nginx/tls/backup.example.com.crt", `${folder}/nginx.crt`],
    ["/etc/nginx/tls/backup.example.com.key", `${folder}/nginx.key`],
  ];
  return replacements.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`deploy/nginx.conf has no "${from}".`);
    return text.replace(from, to);
  }, configuration);
}

async function makeCertificate(key: string, certificate: string): Promise<void> {
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  await promisify(execFile)("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
    ...["-keyout", key, "-out", certificate, ...subject],
  ]);
}

function publicKeyHash(certificate: Buffer): string {
  const { publicKey } = new X509Certificate(certificate);
  return createHash("sha256").update(publicKey.export({ type: "spki", format: "der" })).digest("base64");
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const open = await Promise.race([once(socket, "connect").then(() => true), once(socket, "close").then(() => false)]).catch(() => false);
  socket.destroy();
  return open;
}
