import { join } from "node:path";

// Imported before anything that looks: chaos has a sandbox of its own, beside the operator's and the tests'.
process.env["SISYPHUS_SANDBOX_DIR"] ??= join(
  __dirname,
  "..",
  "var",
  "chaos-sandbox",
);
process.env["SISYPHUS_PORT_BASE"] ??= "20000";
