import { z } from "zod";
import { httpAddress, portNumber } from "../fields";

/** A name as a browser sends it in `Host`: a name or an address, IPv6 in brackets, with or without a port. */
const hostName = z
  .string()
  .regex(
    /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/,
    "host or host:port",
  )
  .meta({ format: "host or host:port" });

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
    allowedHosts: z
      .array(hostName)
      .default([])
      .describe(
        "Names under which the server is asked besides `host`, `url`, `localhost` and the loopback addresses; one without a port holds for every port. Any other name is refused (421): a page elsewhere could have it lead here.",
      ),
    tokenFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        "A file with the token that readers must send, at least 16 printable characters. Without it the token comes from `SISYPHUS_METRICS_TOKEN`; where neither is there, none is asked for.",
      ),
    openMetrics: z
      .boolean()
      .default(false)
      .describe("Whether `/metrics` is answered without the token."),
  })
  .optional()
  .describe(
    "Where the control worker serves Prometheus metrics (`/metrics`), reports (`/reports/`) and what other tools ask (`/v1/`). Without it nothing is served.",
  );

export const webUi = httpAddress
  .optional()
  .describe(
    "The Temporal Web UI's page of the namespace. Nothing reads it yet: the CLI's links come from `SISYPHUS_WEB_UI`.",
  );
