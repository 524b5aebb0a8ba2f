/** Where a folder has an index, the rest of the program knows it by that alone. */
const throughIndex = [
  "src/bundle",
  "src/storage",
  "src/backup",
  "src/server/auth",
  "src/server/inventory",
  "src/server/installation",
  "src/server/installation/postgres",
  "src/seed",
];

const hasIndex = (folder) => require("node:fs").existsSync(`${folder}/index.ts`);

/** The layers, and what of ours each may import beside itself and the generated client where it is named. */
const layers = {
  memory: [],
  threads: ["memory"],
  bundle: ["memory", "threads"],
  storage: [],
  generated: [],
  backup: ["bundle", "storage", "generated", "memory", "threads"],
  server: ["backup", "bundle", "storage", "generated"],
  seed: ["server", "backup", "bundle", "storage", "generated"],
  cli: ["seed", "server", "backup", "bundle", "storage", "generated"],
  components: [],
  features: ["components", "server", "backup", "bundle"],
  app: ["features", "components", "server"],
};

module.exports = {
  forbidden: [
    ...Object.entries(layers).map(([layer, allowed]) => ({
      name: `${layer}-imports-only-${["itself", ...allowed].join("-")}`,
      severity: "error",
      from: { path: `^src/${layer}/` },
      to: { path: "^src/", pathNot: [layer, ...allowed].map((name) => `^src/${name}/`) },
    })),
    {
      name: "features-take-types-of-the-server",
      comment: "What runs in a browser knows the server by its types, and by the schemas that forms share with procedures.",
      severity: "error",
      from: { path: "^src/features/" },
      to: {
        path: "^src/(server|backup|storage|generated)/",
        pathNot: "^src/server/trpc/[^/]+/input\\.ts$",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "procedure-inputs-run-in-browsers",
      severity: "error",
      from: { path: "^src/server/trpc/[^/]+/input\\.ts$" },
      to: { pathNot: ["node_modules/zod/", "^src/server/trpc/[^/]+/input\\.ts$"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "widgets-know-no-server",
      severity: "error",
      from: { path: "^src/components/" },
      to: { path: "node_modules/(@trpc|@tanstack|next-auth)/" },
    },
    {
      name: "browsers-get-the-safe-part-of-the-bundle",
      severity: "error",
      from: { path: "^src/(features|components)/" },
      to: { path: "^src/bundle/", pathNot: "^src/bundle/(inspect|browser)[^/]*\\.ts$", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "core-knows-no-web",
      severity: "error",
      from: { path: "^src/(bundle|storage|backup)/" },
      to: { path: "node_modules/(next|next-auth|react|react-dom|@trpc)/" },
    },
    {
      name: "bundle-knows-no-database-or-storage",
      severity: "error",
      from: { path: "^src/bundle/" },
      to: { path: "node_modules/(pg|@prisma|@aws-sdk)/" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: { path: "^(src|tests)/", pathNot: "^src/generated/" },
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "A file that nobody imports is dead.",
      severity: "error",
      from: {
        orphan: true,
        pathNot: ["\\.d\\.ts$", "\\.test\\.ts$", "^src/generated/", "^src/app/", "^src/cli/[^/]+\\.ts$", "^tests/"],
      },
      to: {},
    },
    {
      name: "product-imports-no-tests",
      severity: "error",
      from: { path: "^src/", pathNot: "\\.test\\.tsx?$" },
      to: { path: ["^tests/", "^e2e/", "\\.test\\.tsx?$", "node_modules/(vitest|fast-check)/"] },
    },
    {
      name: "no-unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    ...throughIndex.filter(hasIndex).map((folder) => ({
      name: `${folder.replaceAll("/", "-")}-is-entered-through-its-index`,
      severity: "error",
      from: { path: "^src/", pathNot: `^${folder}/` },
      // Parts of the bundle for browsers and for threads have entrances of their own: the index would bring Node's modules along, and schemas.
      to: { path: `^${folder}/`, pathNot: [`^${folder}/index\\.ts$`, "^src/bundle/((inspect|browser)[^/]*|rows)\\.ts$"] },
    })),
  ],
  options: {
    doNotFollow: { path: ["node_modules", "^src/generated"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".js", ".mjs", ".cjs", ".json"],
    },
  },
};
