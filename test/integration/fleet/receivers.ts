import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import type { Alert } from "../../../domain/incidents/alert";
import { SANDBOX_DIR } from "../../../sandbox/platform/paths";
import { ports } from "../../../sandbox/platform/ports";
import { launch } from "../../../sandbox/platform/processes";
import { alertmanager } from "../../../sandbox/platform/setup";
import { until } from "../../../sandbox/platform/wait";

/** Real receivers of alerts on loopback: a webhook, a mail server, and Alertmanager where it can be built. */
export class Receivers {
  readonly webhook: Alert[] = [];
  /** Mails as they came in, headers included. */
  readonly mails: string[] = [];
  /** Whether the webhook answers 503; it does until a test says otherwise. */
  webhookRefuses = true;
  private readonly servers: (Server | SMTPServer)[] = [];

  /** Starts them. @returns the configuration's `alerts` */
  async start() {
    const webhook = await this.startWebhook();
    const alertmanagerAddress = await startAlertmanager();
    return {
      webhook,
      ...(alertmanagerAddress ? { alertmanager: alertmanagerAddress } : {}),
      smtp: {
        host: "127.0.0.1",
        port: await this.startMailServer(),
        from: "sisyphus@example.org",
        to: ["analytics@example.org"],
      },
    };
  }

  /** Ends the servers of this process; Alertmanager is the sandbox's, and ends with it. */
  async stop(): Promise<void> {
    for (const server of this.servers)
      await new Promise<void>((done) => server.close(() => done()));
  }

  private async startWebhook(): Promise<string> {
    const server = createServer((request, response) => {
      let text = "";
      request.on("data", (d: Buffer) => (text += d.toString("utf8")));
      request.on("end", () => {
        if (!this.webhookRefuses) this.webhook.push(JSON.parse(text) as Alert);
        response.writeHead(this.webhookRefuses ? 503 : 200).end();
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    this.servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  private async startMailServer(): Promise<number> {
    const server = new SMTPServer({
      disabledCommands: ["AUTH", "STARTTLS"],
      onData: (stream, _session, done) => {
        let mail = "";
        stream.on("data", (d: Buffer) => (mail += d.toString("utf8")));
        stream.on("end", () => {
          this.mails.push(mail);
          done();
        });
      },
    });
    await new Promise<void>((done) => {
      server.listen(0, "127.0.0.1", done);
    });
    this.servers.push(server);
    return (server.server.address() as AddressInfo).port;
  }
}

/** The real one, where Go is there to build it. @returns its address */
async function startAlertmanager(): Promise<string | undefined> {
  const binary = await alertmanager(() => undefined);
  if (!binary) return undefined;
  const dir = join(SANDBOX_DIR, "alertmanager");
  mkdirSync(dir, { recursive: true });
  writeFileSync(
    join(dir, "config.yml"),
    "route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n",
  );
  const address = `127.0.0.1:${ports().alertmanager}`;
  launch("alertmanager", binary, [
    `--config.file=${join(dir, "config.yml")}`,
    `--storage.path=${dir}`,
    `--web.listen-address=${address}`,
    "--cluster.listen-address=",
  ]);
  await until(
    "Alertmanager",
    30,
    async () => (await fetch(`http://${address}/-/ready`)).ok,
  );
  return `http://${address}`;
}
