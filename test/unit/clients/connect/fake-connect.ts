import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Connect } from "../../../../clients/connect/connect";
import { connect } from "../../../../domain/settings/sections/connect";
import { parsePartitionKey } from "../../../../lib/keys";

type Answer = { status: number; type?: string; body: string };
type State = "RUNNING" | "PAUSED" | "STOPPED";

/** Jetty's page of a worker that starts: every path is this. */
const STARTING = "<html><head><title>Error 404 Not Found</title></head></html>";
const NOT_STOPPED = (name: string) =>
  `Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the specified connector by issuing a 'PUT' request to the '/connectors/${name}/stop' endpoint`;

/** A Kafka Connect worker that answers word for word as 3.9.1 does, and one sink of it. */
export class FakeConnect {
  readonly name = "sink";
  isThere = true;
  state: State = "RUNNING";
  /** Traces of failed tasks, by task. */
  failed: Record<number, string> = {};
  /** By `<topic>/<partition>`, as JSON has them. */
  offsets: Record<string, string> = {};
  config: Record<string, string> = {
    "connector.class": "io.confluent.connect.hdfs.HdfsSinkConnector",
    name: "sink",
    "connection.password": "hunter2",
  };
  /** So many requests more are answered as one is while it starts, or rebalances. */
  starting = 0;
  rebalancing = 0;
  /** How often tasks of a stopped connector are still to be seen. */
  tasksLinger = 0;
  /** What is answered instead, where this says something. */
  instead: (what: string) => Answer | undefined = () => undefined;
  /** What happens after a request was done. */
  after: (what: string) => void = () => undefined;
  /** Changes that were asked for, and the headers of all requests. */
  readonly changes: string[] = [];
  readonly headers: IncomingMessage["headers"][] = [];
  readonly pauses: number[] = [];

  private constructor(private readonly server: Server) {
    server.on("request", (request: IncomingMessage, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        this.headers.push(request.headers);
        const what = `${request.method} ${request.url}`;
        const answer =
          this.instead(what) ??
          this.answer(
            request.method!,
            request.url!,
            Buffer.concat(pieces).toString(),
          );
        response.writeHead(answer.status, {
          "content-type": answer.type ?? "application/json",
        });
        response.end(answer.body);
        this.after(what);
      });
    });
  }

  static async start(): Promise<FakeConnect> {
    const server = createServer();
    const fake = new FakeConnect(server);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return fake;
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** A client of it that waits for nothing: each pause takes its time on a clock of its own. */
  client(given: object = {}): Connect {
    let now = 0;
    return new Connect(
      connect.parse({ url: this.url, connector: this.name, ...given }),
      async () => "token",
      {
        now: () => now,
        pause: async (ms) => {
          this.pauses.push(ms);
          now += ms;
        },
      },
    );
  }

  private answer(method: string, path: string, body: string): Answer {
    if (this.starting > 0) {
      this.starting--;
      return { status: 404, type: "text/html", body: STARTING };
    }
    if (this.rebalancing > 0) {
      this.rebalancing--;
      return refusal(
        409,
        "Cannot complete request momentarily due to stale configuration (typically caused by a concurrent config change)",
      );
    }
    if (path === "/connectors") return json(this.isThere ? [this.name] : []);
    const [, , name = "", action] = path.split("/");
    if (name !== this.name || !this.isThere)
      return refusal(404, `Connector ${name} not found`);
    if (method === "GET") return this.told(action!);
    this.changes.push(`${method} ${action}${body && ` ${body}`}`);
    if (method === "PATCH") return this.altered(body);
    if (action === "stop") this.state = "STOPPED";
    if (action === "pause") this.state = "PAUSED";
    if (action === "resume") {
      this.state = "RUNNING";
      this.failed = {};
    }
    return { status: action === "stop" ? 204 : 202, body: "" };
  }

  private told(action: string) {
    if (action === "config") return json(this.config);
    if (action === "offsets")
      return {
        status: 200,
        body: `{"offsets":[${Object.entries(this.offsets)
          .map(([key, offset]) => {
            const { topic, partition } = parsePartitionKey(key);
            return `{"partition":{"kafka_partition":${partition},"kafka_topic":"${topic}"},"offset":{"kafka_offset":${offset}}}`;
          })
          .join(",")}]}`,
      };
    const worker = { worker_id: "127.0.0.1:8083" };
    const isStopped = this.state === "STOPPED" && this.tasksLinger-- <= 0;
    const tasks = [0, 1].map((id) => ({
      id,
      ...worker,
      state: this.failed[id] === undefined ? this.state : "FAILED",
      ...(this.failed[id] === undefined ? {} : { trace: this.failed[id] }),
    }));
    return json({
      name: this.name,
      connector: { state: this.state, ...worker },
      tasks: isStopped ? [] : tasks,
      type: "sink",
    });
  }

  private altered(body: string) {
    if (this.state !== "STOPPED") return refusal(400, NOT_STOPPED(this.name));
    const { offsets } = JSON.parse(body) as {
      offsets: {
        partition: { kafka_topic: string; kafka_partition: number };
        offset: { kafka_offset: string };
      }[];
    };
    for (const { partition, offset } of offsets)
      this.offsets[`${partition.kafka_topic}/${partition.kafka_partition}`] =
        offset.kafka_offset;
    return json({
      message: "The offsets for this connector have been altered successfully",
    });
  }
}

const json = (value: unknown) => ({
  status: 200,
  body: JSON.stringify(value),
});

const refusal = (status: number, message: string) => ({
  status,
  body: JSON.stringify({ error_code: status, message }),
});
