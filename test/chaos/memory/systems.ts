import { KafkaJSNonRetriableError } from "kafkajs";
import type { FileStatus } from "../../../clients/hdfs/hdfs";
import type { Message, Range } from "../../../clients/kafka/ranged-read";
import type { Application } from "../../../clients/yarn/yarn";
import { call } from "./faults";

type Transaction = { state: "open" | "committed" | "aborted" };
type Entry =
  | { marker: true }
  | {
      marker: false;
      value: string;
      headers: Record<string, string>;
      transaction: Transaction;
    };
type Topic = { own: Record<string, string>; low: number; log: Entry[] };
type Sent = { value: string; headers: Record<string, string> };

/** A broker with one partition a topic: transactions, fencing, markers, what readers of committed records see. */
export class MemoryKafka {
  readonly brokers = ["memory:9092"];
  readonly logs = new Map<string, Topic>();
  private readonly epochs = new Map<string, number>();
  private readonly open = new Map<
    string,
    { transaction: Transaction; topics: Set<string> }
  >();
  readonly js = {
    producer: ({ transactionalId }: { transactionalId: string }) =>
      this.producer(transactionalId),
  };

  private end(id: string, state: "committed" | "aborted"): void {
    const open = this.open.get(id);
    if (!open) return;
    open.transaction.state = state;
    for (const topic of open.topics)
      this.logs.get(topic)!.log.push({ marker: true });
    this.open.delete(id);
  }

  /** Aborts every open transaction and fences its producer, as a broker does after transaction.timeout.ms. */
  expire(): void {
    for (const id of [...this.open.keys()]) {
      this.end(id, "aborted");
      this.epochs.set(id, this.epochs.get(id)! + 1);
    }
  }

  private producer(id: string) {
    let epoch = -1;
    const check = () => {
      if (this.epochs.get(id) !== epoch)
        throw Object.assign(new KafkaJSNonRetriableError("fenced"), {
          type: "INVALID_PRODUCER_EPOCH",
        });
    };
    return {
      connect: () =>
        call(() => {
          this.end(id, "aborted");
          epoch = (this.epochs.get(id) ?? -1) + 1;
          this.epochs.set(id, epoch);
        }),
      disconnect: async () => undefined,
      transaction: async () => ({
        send: ({ topic, messages }: { topic: string; messages: Sent[] }) =>
          call(() => {
            check();
            let open = this.open.get(id);
            if (!open) {
              open = { transaction: { state: "open" }, topics: new Set() };
              this.open.set(id, open);
            }
            open.topics.add(topic);
            for (const { value, headers } of messages)
              this.logs.get(topic)!.log.push({
                marker: false,
                value,
                headers,
                transaction: open.transaction,
              });
          }),
        commit: () => call(() => (check(), this.end(id, "committed"))),
        abort: () => call(() => (check(), this.end(id, "aborted"))),
      }),
    };
  }

  offsets(topic: string) {
    return call(() => {
      const { low, log } = this.logs.get(topic)!;
      return [{ partition: 0, low: String(low), high: String(log.length) }];
    });
  }

  ownConfig(topic: string) {
    return call(() => ({ ...this.logs.get(topic)!.own }));
  }

  topicConfig(topic: string) {
    return call(() => ({
      "message.timestamp.type": "CreateTime",
      "retention.ms": "604800000",
      ...this.logs.get(topic)!.own,
    }));
  }

  setTopicConfig(topic: string, name: string, value: string | undefined) {
    return call(() => {
      const { own } = this.logs.get(topic)!;
      if (value === undefined) delete own[name];
      else own[name] = value;
    }, true);
  }

  read(ranges: Map<string, Range[]>, each: (message: Message) => void) {
    return call(() => {
      for (const [topic, [range]] of ranges)
        for (const m of this.committed(
          topic,
          Number(range!.from),
          Number(range!.to),
        ))
          each(m);
    });
  }

  /** The offset up to which readers of committed records can read: the first message whose transaction is open, else the log's end. */
  lastStable(topic: string): number {
    const { log } = this.logs.get(topic)!;
    const open = log.findIndex(
      (entry) => !entry.marker && entry.transaction.state === "open",
    );
    return open === -1 ? log.length : open;
  }

  /** The committed messages of a range of offsets. @throws Error where a transaction in it is still open, since nobody can read past it */
  committed(topic: string, from = 0, to = Infinity): Message[] {
    const { log, low } = this.logs.get(topic)!;
    return log.flatMap((entry, i) => {
      if (i < Math.max(from, low) || i >= to || entry.marker) return [];
      if (entry.transaction.state === "open")
        throw new Error(`${topic}: a transaction is open at ${i}`);
      if (entry.transaction.state === "aborted") return [];
      return [
        {
          topic,
          partition: 0,
          offset: String(i),
          value: Buffer.from(entry.value),
          headers: entry.headers,
        },
      ];
    });
  }
}

type File = { data: Buffer; mtime: number };

/** A file system in which others can see a write half done: the file is there, empty, before it has its bytes. */
export class MemoryHdfs {
  readonly files = new Map<string, File>();
  private time = Date.parse("2018-07-05T00:00:00Z");

  put(path: string, data: Buffer | string): void {
    this.files.set(path, { data: Buffer.from(data), mtime: ++this.time });
  }
  private status(path: string, f: File): FileStatus {
    return {
      name: path.slice(path.lastIndexOf("/") + 1),
      type: "FILE",
      length: f.data.length,
      mtime: f.mtime,
      owner: "hdfs",
    };
  }
  link = (path: string) => `memory:${path}`;
  list(path: string) {
    const dir = path.replace(/\/$/, "");
    return call(() =>
      [...this.files]
        .filter(
          ([p]) =>
            p.startsWith(`${dir}/`) && !p.slice(dir.length + 1).includes("/"),
        )
        .map(([p, f]) => this.status(p, f)),
    );
  }
  stat(path: string) {
    return call(() => {
      const f = this.files.get(path);
      return f && this.status(path, f);
    });
  }
  read(path: string) {
    return call(() => this.files.get(path)?.data);
  }
  readText(path: string) {
    return call(() => this.files.get(path)?.data.toString("utf8"));
  }
  async write(path: string, data: Buffer | string) {
    await call(() => this.put(path, ""));
    await call(() => this.put(path, data));
  }
  async replace(path: string, data: Buffer | string) {
    const part = `${path}.part${++this.time}`;
    await this.write(part, data);
    await call(() => {
      this.files.set(path, this.files.get(part)!);
      this.files.delete(part);
    });
  }
  claim(from: string, to: string) {
    return call(() => {
      const f = this.files.get(from);
      if (!f || this.files.has(to)) return false;
      this.files.set(to, f);
      return this.files.delete(from);
    });
  }
  async create(path: string, data: Buffer | string) {
    const part = `${path}.part${++this.time}`;
    await this.write(part, data);
    return this.claim(part, path);
  }
  remove(path: string) {
    return call(() => this.files.delete(path));
  }
}

/** A resource manager whose applications run by themselves, whether anybody asks for them or not. */
export class MemoryYarn {
  readonly apps: Application[] = [];

  submit(name: string, tag: string, ms: number, run: () => void): void {
    const app: Application = {
      id: `application_1_${this.apps.length + 1}`,
      name,
      state: "RUNNING",
      finalStatus: "UNDEFINED",
      trackingUrl: "",
      startedTime: this.apps.length,
      elapsedTime: ms,
      applicationTags: tag.toLowerCase(),
      logAggregationStatus: "SUCCEEDED",
      diagnostics: "",
      user: "hdfs",
    };
    this.apps.push(app);
    setTimeout(() => {
      if (app.state !== "RUNNING") return;
      run();
      Object.assign(app, { state: "FINISHED", finalStatus: "SUCCEEDED" });
    }, ms);
  }
  byTag(tag: string) {
    return call(() =>
      this.apps
        .filter((a) => a.applicationTags === tag.toLowerCase())
        .map((a) => ({ ...a })),
    );
  }
  endedSince(): Promise<Application[]> {
    return call(() => []);
  }
  liveLog(): Promise<undefined> {
    return call(() => undefined);
  }
  running() {
    return call(() =>
      this.apps.filter((a) => a.state === "RUNNING").map((a) => ({ ...a })),
    );
  }
  application(id: string) {
    return call(() => {
      const app = this.apps.find((a) => a.id === id);
      return app && { ...app };
    });
  }
  kill(id: string) {
    return call(() => {
      const app = this.apps.find((a) => a.id === id)!;
      if (app.state === "RUNNING")
        Object.assign(app, { state: "KILLED", finalStatus: "KILLED" });
    });
  }
  link = (id: string) => `http://rm/${id}`;
}
