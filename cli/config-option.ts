/** The option of every command that reads the configuration file. */
export const configOption = [
  "--config <file>",
  "sisyphus.yaml",
  process.env["SISYPHUS_CONFIG"] ?? "sisyphus.yaml",
] as const;
