import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { createServer } from "node:tls";
import { ROOT } from "../platform/paths";
import { type Ports, ports } from "../platform/ports";
import { launch } from "../platform/processes";
import type { Service } from "../platform/services/service";
import { portAnswers } from "../platform/wait";
import { CA, keystoreOf, pemOf, STORE_PASSWORD } from "./certificates";

/**
 * Temporal's development server has no TLS: this stands before it, and lets those through who have a certificate. It ends with its process.
 */
export function guardTemporal(): void {
  const p = ports();
  const guard = createServer(
    {
      pfx: readFileSync(keystoreOf("localhost")),
      passphrase: STORE_PASSWORD,
      ca: readFileSync(CA),
      requestCert: true,
      rejectUnauthorized: true,
      // The one that gRPC speaks.
      ALPNProtocols: ["h2"],
    },
    (client) => {
      const server = connect(p.temporal, "127.0.0.1");
      client.pipe(server).pipe(client);
      client.on("error", () => server.destroy());
      server.on("error", () => client.destroy());
    },
  );
  guard.listen(p.temporalTls, "127.0.0.1");
}

export const temporalTls: Service = {
  name: "temporal-tls",
  title: "Temporal's TLS",
  port: "temporalTls",
  after: ["temporal"],
  start: () =>
    launch("temporal-tls", process.execPath, [
      join(ROOT, "bin", "sandbox.js"),
      "guard-temporal",
    ]),
  ready: (p) => portAnswers(p.temporalTls),
};

/** What Temporal's own client finds in its environment, to be one who is let through. */
export const temporalAccess = (p: Ports) => ({
  TEMPORAL_ADDRESS: `localhost:${p.temporalTls}`,
  TEMPORAL_TLS_CLIENT_CERT_PATH: pemOf("sisyphus").certificate,
  TEMPORAL_TLS_CLIENT_KEY_PATH: pemOf("sisyphus").key,
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: CA,
});
