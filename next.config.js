import { fileURLToPath } from "node:url";

/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  // Native or stateful: these run from node_modules, one copy for the process, rather than bundled.
  serverExternalPackages: [
    "@aws-sdk/client-s3",
    "@node-rs/argon2",
    "@prisma/adapter-pg",
    "@prisma/client",
    "busboy",
    "pg",
    "pg-copy-streams",
    "pino",
  ],
  // Without it Next looks for lock files in the folders above and may take one of them for the root.
  turbopack: { root: fileURLToPath(new URL(".", import.meta.url)) },
  experimental: {
    // forbidden(): a page of its own, with status 403, for what a member may not see.
    authInterrupts: true,
  },
  // Checked by `npm test`; an installation that starts need not do so again.
  typescript: { ignoreBuildErrors: true },
  headers() {
    return [
      {
        source: "/:path*",
        headers: [
          { key: "X-Content-Type-Options", value: "nosniff" },
          { key: "X-Frame-Options", value: "DENY" },
          { key: "Referrer-Policy", value: "same-origin" },
        ],
      },
    ];
  },
};
