import js from "@eslint/js";
import ts from "typescript-eslint";
import { ARROWS, arrows } from "./scripts/lint/arrows.mjs";

export default ts.config(
  {
    ignores: [
      "node_modules",
      "var",
      "dist",
      "clients/hive/metastore-thrift/*.js",
      "jvm",
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
    files: [
      "bin/*.js",
      "scripts/*.mjs",
      "scripts/build/*",
      "*.js",
      "*.mjs",
      "*.cjs",
    ],
    languageOptions: {
      globals: {
        require: "readonly",
        process: "readonly",
        console: "readonly",
        module: "readonly",
        __dirname: "readonly",
        URL: "readonly",
        Buffer: "readonly",
      },
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    files: Object.keys(ARROWS).map((folder) => `${folder}/**/*.ts`),
    plugins: { sisyphus: { rules: { arrows } } },
    rules: { "sisyphus/arrows": "error" },
  },
);
