import tseslint from "typescript-eslint";

/** Everything that a file hands out as `any`: errors where data from outside is parsed, and where it is moved. */
const noUnsafe = Object.fromEntries(
  ["argument", "assignment", "call", "member-access", "return"].map((name) => [`@typescript-eslint/no-unsafe-${name}`, "error"]),
);

export default tseslint.config(
  {
    ignores: ["node_modules/", ".next/", ".data*/", ".test/", "src/generated/", "next-env.d.ts"],
  },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.{mjs,cjs,js}"],
    rules: { "no-unused-vars": ["error", { argsIgnorePattern: "^_" }], "no-constant-binary-expression": "error", eqeqeq: "error" },
  },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: "error",
      "no-constant-binary-expression": "error",
      "no-control-regex": "off",
      "no-console": "off",
      "no-fallthrough": "error",
      "no-self-assign": "error",
      "no-sparse-arrays": "error",
      "no-unsafe-finally": "error",
      "no-var": "error",
      "prefer-const": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-deprecated": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unnecessary-type-assertion": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/prefer-promise-reject-errors": "error",
      "@typescript-eslint/return-await": ["error", "error-handling-correctness-only"],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "Only src/server/env.ts reads the environment." },
      ],
    },
  },
  { files: ["src/server/env.ts"], rules: { "no-restricted-properties": "off" } },
  {
    // Where bundles are read and written, types are what keeps data apart: nothing may be asserted.
    files: ["src/bundle/**/*.ts", "src/backup/**/*.ts"],
    ignores: ["**/*.test.ts"],
    rules: {
      ...noUnsafe,
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
    },
  },
);
