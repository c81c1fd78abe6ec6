import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

type Seen = {
  method: string;
  path: string;
  op: string | null;
  query: URLSearchParams;
  body: Buffer;
};
type Answer = {
  status: number;
  json?: unknown;
  body?: Buffer | string;
  location?: string;
  /** The content type; that of JSON where there is JSON, else that of a file's bytes. */
  type?: string;
  /** Whether the connection is closed where the body is to go on. */
  breaksOff?: boolean;
};

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An HDFS on loopback as its clients see it: a NameNode that names places and a DataNode on another port that has the bytes. */
export class FakeWebHdfs {
  readonly files = new Map<string, Buffer>();
  readonly nameNodeSaw: Seen[] = [];
  readonly dataNodeSaw: Seen[] = [];
  /** What the NameNode answers instead of doing its work. */
  answerAlways: Answer | undefined;
  /** What the DataNode answers to a write, once it has taken the bytes. */
  answerToWrites: Answer | undefined;
  /** How many bytes of a file a DataNode sends before it breaks off, read by read; it breaks off no more when there is none left. */
  breakOffAfter: number[] = [];
  /** When all files were changed last, epoch ms. */
  mtime = 1530756000000;
  /** What a DataNode answers to every read, whatever was asked for. */
  bytesAlways: Buffer | undefined;
  /** Whether a move is answered with false, as HttpFS does where a file is in its way: it knows no option OVERWRITE. */
  refuseRenames = false;
  /** What it says of its state; a gateway, which has none, without it. */
  state: "active" | "standby" | "observer" | undefined;
  /** What a proxy answers that is asked for the state. */
  answerToState: Answer | undefined;
  private readonly servers: Server[] = [];
  private dataNode = "";

  /** @param basePath what a gateway puts before `/webhdfs/v1` @returns the address to configure */
  async start(basePath = ""): Promise<string> {
    this.dataNode = await this.serve(this.dataNodeSaw, (seen) =>
      this.answerOfDataNode(seen),
    );
    const nameNode = await this.serve(this.nameNodeSaw, (seen) =>
      seen.path === "/jmx" && (this.answerToState ?? this.state) !== undefined
        ? (this.answerToState ?? {
            status: 200,
            json: { beans: [{ State: this.state }] },
          })
        : seen.path.startsWith(`${basePath}/webhdfs/v1/`)
          ? (this.answerAlways ??
            this.answerOfNameNode(
              seen,
              seen.path.slice(`${basePath}/webhdfs/v1`.length),
            ))
          : { status: 404, body: "the gateway knows no such path" },
    );
    return `${nameNode}${basePath}`;
  }

  stop(): void {
    for (const server of this.servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  private serve(saw: Seen[], answerTo: (seen: Seen) => Answer) {
    const server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const url = new URL(request.url!, "http://fake");
        const seen: Seen = {
          method: request.method!,
          path: decodeURIComponent(url.pathname),
          op: url.searchParams.get("op"),
          query: url.searchParams,
          body,
        };
        saw.push(seen);
        const answer = answerTo(seen);
        // A DataNode says this before it takes a file's bytes, whether it was asked to or not (WebHdfsHandler.onCreate).
        if (seen.op === "CREATE" && saw === this.dataNodeSaw)
          response.writeContinue();
        response.writeHead(answer.status, {
          ...(answer.location ? { location: answer.location } : {}),
          "content-type":
            answer.type ??
            (answer.json === undefined
              ? "application/octet-stream"
              : "application/json"),
        });
        if (answer.breaksOff) {
          response.write(answer.body);
          setImmediate(() => response.destroy());
          return;
        }
        response.end(
          answer.json === undefined ? answer.body : JSON.stringify(answer.json),
        );
      });
    });
    this.servers.push(server);
    return listening(server);
  }

  private answerOfNameNode({ op, query }: Seen, path: string): Answer {
    const known = this.files.get(path);
    switch (op) {
      case "CREATE":
      case "OPEN": {
        if (op === "OPEN" && !known) return absent(path);
        query.set("path", path);
        return {
          status: 307,
          location: `${this.dataNode}/data?${query.toString()}`,
        };
      }
      case "GETFILESTATUS":
        return known
          ? { status: 200, json: { FileStatus: this.status("", known) } }
          : absent(path);
      case "LISTSTATUS": {
        const children = [...this.files]
          .filter(([file]) => file.startsWith(`${path}/`))
          .map(([file, data]) =>
            this.status(file.slice(path.length + 1), data),
          );
        return children.length > 0
          ? { status: 200, json: { FileStatuses: { FileStatus: children } } }
          : absent(path);
      }
      case "MKDIRS":
        return { status: 200, json: { boolean: true } };
      case "DELETE":
        return { status: 200, json: { boolean: this.files.delete(path) } };
      case "RENAME":
        return this.rename(path, query);
      default:
        return { status: 400 };
    }
  }

  private status(pathSuffix: string, data: Buffer) {
    return {
      pathSuffix,
      type: "FILE",
      length: data.length,
      modificationTime: this.mtime,
      owner: "hdfs",
    };
  }

  /** With renameoptions the answer is empty and an absent source is a 404; without, the answer is a boolean. */
  private rename(path: string, query: URLSearchParams): Answer {
    if (this.refuseRenames) return { status: 200, json: { boolean: false } };
    const to = query.get("destination")!;
    const data = this.files.get(path);
    const overwrites = query.get("renameoptions") === "OVERWRITE";
    if (!data && overwrites) return absent(path);
    const moves = data !== undefined && (overwrites || !this.files.has(to));
    if (moves) {
      this.files.set(to, data);
      this.files.delete(path);
    }
    return overwrites
      ? { status: 200 }
      : { status: 200, json: { boolean: moves } };
  }

  private answerOfDataNode({ op, query, body: written }: Seen): Answer {
    const path = query.get("path")!;
    if (op === "CREATE") {
      this.files.set(path, written);
      if (this.answerToWrites) return this.answerToWrites;
      return { status: 201, location: `hdfs://fake${path}` };
    }
    const data = this.files.get(path)!;
    const offset = Number(query.get("offset") ?? 0);
    const length = Number(query.get("length") ?? data.length);
    const body = this.bytesAlways ?? data.subarray(offset, offset + length);
    const sent = this.breakOffAfter.shift();
    if (sent === undefined) return { status: 200, body };
    return { status: 200, body: body.subarray(0, sent), breaksOff: true };
  }
}

const absent = (path: string): Answer => ({
  status: 404,
  json: {
    RemoteException: {
      exception: "FileNotFoundException",
      javaClassName: "java.io.FileNotFoundException",
      message: `File does not exist: ${path}`,
    },
  },
});
