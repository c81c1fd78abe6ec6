import js from "@eslint/js";
import ts from "typescript-eslint";

/** Dependencies point one way: each folder may import itself and the folders named here. */
const ALLOWED = {
  domain: ["formats"],
  formats: ["domain"],
  activities: ["domain", "formats"],
  workflows: ["domain"],
  workers: ["activities", "workflows", "domain"],
  cli: ["domain", "formats", "workers", "temporal-config"],
  "temporal-config": [],
};
const FOLDERS = [...Object.keys(ALLOWED), "sandbox", "test", "bench"];

/** Exceptions, each for a reason: types keep both sides of a proxy typed; `inspect` and `config check` open single things themselves. */
const TYPES_ONLY = {
  workflows: ["activities"],
  cli: ["workflows", "activities"],
};
const FILES = {
  cli: [
    "activities/hdfs",
    "activities/hive",
    "activities/kafka",
    "activities/yarn",
  ],
};

const folderRules = Object.entries(ALLOWED).map(([folder, allowed]) => ({
  files: [`${folder}/**/*.ts`],
  rules: {
    "@typescript-eslint/no-restricted-imports": [
      "error",
      {
        patterns: FOLDERS.filter(
          (other) => other !== folder && !allowed.includes(other),
        ).map((other) => {
          const files = (FILES[folder] ?? []).filter((file) =>
            file.startsWith(`${other}/`),
          );
          return {
            group: [`**/${other}/**`, ...files.map((file) => `!**/${file}`)],
            allowTypeImports: TYPES_ONLY[folder]?.includes(other) ?? false,
            message: `${folder}/ may not depend on ${other}/ (docs/architecture.md).`,
          };
        }),
      },
    ],
  },
}));

export default ts.config(
  {
    ignores: [
      "node_modules",
      "var",
      "activities/metastore-thrift/*.js",
      "sandbox/jvm",
    ],
  },
  js.configs.recommended,
  ...ts.configs.recommended,
  {
    rules: {
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
      ],
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { disallowTypeAnnotations: false },
      ],
      "no-restricted-exports": [
        "error",
        { restrictDefaultExports: { direct: true } },
      ],
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  { files: ["*.mjs", "**/*.d.ts"], rules: { "no-restricted-exports": "off" } },
  {
    files: ["bin/*.js", "scripts/*.mjs", "*.js", "*.mjs", "*.cjs"],
    languageOptions: {
      globals: {
        require: "readonly",
        process: "readonly",
        console: "readonly",
        module: "readonly",
        __dirname: "readonly",
      },
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  ...folderRules,
);
