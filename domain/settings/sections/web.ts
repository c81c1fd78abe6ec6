import { z } from "zod";
import { httpAddress, portNumber } from "../fields";

export const metrics = z
  .strictObject({
    port: portNumber.describe("The port that is listened on."),
    host: z
      .string()
      .default("127.0.0.1")
      .describe("The address that is listened on."),
    url: httpAddress
      .optional()
      .describe(
        "The same server as browsers elsewhere reach it, for links to reports; without it links name host and port.",
      ),
  })
  .optional()
  .describe(
    "Where the control worker serves Prometheus metrics (`/metrics`) and reports (`/reports/`). Without it nothing is served.",
  );

export const webUi = httpAddress
  .optional()
  .describe(
    "The Temporal Web UI's page of the namespace. Nothing reads it yet: the CLI's links come from `SISYPHUS_WEB_UI`.",
  );
