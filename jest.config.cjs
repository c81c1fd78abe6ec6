/** Unit tests run side by side. Workflow tests, each with a Temporal server, and integration tests, which share a sandbox, run one after the other. */
const common = {
  rootDir: __dirname,
  setupFilesAfterEnv: ["<rootDir>/test/support/patience.ts"],
  transform: {
    "^.+\\.(ts|js|mjs)$": [
      "@swc/jest",
      {
        jsc: { target: "es2022", parser: { syntax: "typescript" } },
        module: { type: "commonjs" },
      },
    ],
  },
  // hyparquet, and the uuid that thrift brings along, are published as ES modules only.
  transformIgnorePatterns: ["/node_modules/(?!(?:.*/)?(?:hyparquet|uuid)/)"],
};
module.exports = {
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/test/unit/**/*.test.ts"],
    },
    {
      ...common,
      displayName: "workflow",
      testMatch: [
        "<rootDir>/test/workflow/**/*.test.ts",
        "<rootDir>/test/histories/**/*.test.ts",
      ],
    },
    {
      ...common,
      displayName: "integration",
      testMatch: ["<rootDir>/test/integration/**/*.test.ts"],
    },
  ],
};
