import { nameOf } from "../../../lib/paths";
import type { FileStatus } from "../../../clients/hdfs/hdfs";
import type { Application } from "../../../clients/yarn/yarn";
import { call } from "./faults";

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
      name: nameOf(path),
      type: "FILE",
      length: f.data.length,
      mtime: f.mtime,
      owner: "hdfs",
    };
  }
  private statusOfDirectory = (name: string): FileStatus => ({
    name,
    type: "DIRECTORY",
    length: 0,
    mtime: 0,
    owner: "hdfs",
  });
  link = (path: string) => `memory:${path}`;
  list(path: string) {
    const dir = path.replace(/\/$/, "");
    return call(() => {
      const below = [...this.files].filter(([p]) => p.startsWith(`${dir}/`));
      const entryOf = (p: string) => p.slice(dir.length + 1).split("/")[0]!;
      const isFile = (p: string) => p === `${dir}/${entryOf(p)}`;
      const dirs = below.filter(([p]) => !isFile(p)).map(([p]) => entryOf(p));
      return [
        ...below.filter(([p]) => isFile(p)).map(([p, f]) => this.status(p, f)),
        ...[...new Set(dirs)].map((name) => this.statusOfDirectory(name)),
      ];
    });
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
    const part = `${path}.${++this.time}.part`;
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
    const part = `${path}.${++this.time}.part`;
    await this.write(part, data);
    return this.claim(part, path);
  }
  /** Moves a directory to a name that nothing has yet, in one stroke. @throws Error where something has it, or nothing is there */
  rename(from: string, to: string) {
    const below = (path: string) =>
      [...this.files.keys()].filter((p) => p.startsWith(`${path}/`));
    return call(() => {
      if (below(to).length > 0) throw new Error(`${to} exists`);
      const moved = below(from);
      if (moved.length === 0) throw new Error(`${from} is not there`);
      for (const path of moved) {
        this.files.set(to + path.slice(from.length), this.files.get(path)!);
        this.files.delete(path);
      }
    });
  }
  remove(path: string) {
    return call(() => this.files.delete(path));
  }
}

/** A resource manager whose applications run by themselves, whether anybody asks for them or not. */
export class MemoryYarn {
  readonly apps: Application[] = [];
  /** When those that have ended did, epoch ms. */
  private readonly ends = new Map<string, number>();

  /** Runs an application for so long. @param work what it has done once it has ended; nothing where it is killed before */
  async run(
    name: string,
    tag: string,
    ms: number,
    work: () => void = () => undefined,
  ): Promise<void> {
    const app: Application = {
      id: `application_1_${this.apps.length + 1}`,
      name,
      state: "RUNNING",
      finalStatus: "UNDEFINED",
      startedTime: this.apps.length,
      elapsedTime: ms,
      applicationTags: tag.toLowerCase(),
      logAggregationStatus: "SUCCEEDED",
      diagnostics: "",
      user: "hdfs",
    };
    this.apps.push(app);
    await new Promise((done) => setTimeout(done, ms));
    if (app.state !== "RUNNING") return;
    work();
    Object.assign(app, { state: "FINISHED", finalStatus: "SUCCEEDED" });
    this.ends.set(app.id, Date.now());
  }
  byTag(tag: string) {
    return call(() =>
      this.apps
        .filter((a) => a.applicationTags === tag.toLowerCase())
        .map((a) => ({ ...a })),
    );
  }
  endedSince(time: number): Promise<Application[]> {
    return call(() =>
      this.apps
        .filter(({ id }) => (this.ends.get(id) ?? -Infinity) >= time)
        .map((a) => ({ ...a })),
    );
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
