import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { z } from "zod";
import { countRequest } from "../../lib/request-count";
import { calling } from "../errors";
import {
  contentOf,
  contentTypeOf,
  refusalOf,
  remoteException,
} from "../hadoop-answer";

/** Where WebHDFS is served: a NameNode, an HttpFS, or a gateway such as Knox; the address may have a base path. */
export type WebHdfsAddress = { webhdfs: string; user: string };

/**
 * The operations of WebHDFS that are used (Hadoop's documentation, "WebHDFS REST API"). `counted` is how many requests a call adds
 * to the statistics of an audit: a read is two, as the NameNode sends it on to a DataNode. Audits are measured by what they ask, so
 * that writing a file or making a directory adds none.
 */
const OPERATIONS = {
  LISTSTATUS: { method: "GET", counted: 1 },
  GETFILESTATUS: { method: "GET", counted: 1 },
  GETCONTENTSUMMARY: { method: "GET", counted: 1 },
  OPEN: { method: "GET", counted: 2 },
  CREATE: { method: "PUT", counted: 0 },
  MKDIRS: { method: "PUT", counted: 0 },
  RENAME: { method: "PUT", counted: 1 },
  DELETE: { method: "DELETE", counted: 1 },
} as const;

type Operation = keyof typeof OPERATIONS;

/** Parameters of an operation; those that are undefined are left out. */
type Query = Record<string, string | number | boolean | undefined>;

const TIMEOUT_MS = 30_000;
/** An upload gets more time by its size: a large file over a slow line must not be taken for a DataNode that hangs. */
const UPLOAD_BYTES_PER_MS = 1000;

/** The address of one operation on one path. The base path is kept; without a port the protocol's own counts (https: 443). */
export function webHdfsUrl(
  { webhdfs, user }: WebHdfsAddress,
  operation: Operation,
  path: string,
  query: Query = {},
): string {
  const url = new URL(webhdfs);
  const base = url.pathname.replace(/\/+$/, "");
  url.pathname = `${base}/webhdfs/v1${path.split("/").map(encodeURIComponent).join("/")}`;
  url.search = Object.entries({ op: operation, "user.name": user, ...query })
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
    )
    .join("&");
  return url.href;
}

/** HDFS' own exception for a path that is not there. A gateway's 404 has none: it says nothing of the path. */
const ABSENT = "FileNotFoundException";
/** What comes with a file's bytes (DataNode: WebHdfsHandler.onOpen; HttpFS: HttpFSServer.get). Whatever else comes is no file. */
const BYTES = "application/octet-stream";
/** With which a NameNode or an HttpFS sends a writer on. A login page is reached by other statuses; events must not be sent there. */
const SENT_ON = 307;
/** With which a write ends (WebHdfsHandler.onCreate). */
const CREATED = 201;

/** What an operation without a result answers; with the option OVERWRITE a rename answers nothing at all. */
const answerOfDone = z.object({ boolean: z.boolean() });

/**
 * Sends the bytes of a file to a DataNode. A DataNode answers `100 Continue` before it takes them, whether it was asked to or not
 * (WebHdfsHandler.onCreate, Hadoop 3.4); `fetch` takes that for a broken answer, Node's own client reads on.
 */
function put(url: URL, data: Buffer, signal: AbortSignal): Promise<Response> {
  const request = url.protocol === "https:" ? httpsRequest : httpRequest;
  const headers = {
    "content-type": "application/octet-stream",
    "content-length": data.length,
  };
  return new Promise((resolve, reject) => {
    request(url, { method: "PUT", headers, signal }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on("data", (piece: Buffer) => pieces.push(piece));
      answer.on("error", reject);
      answer.on("end", () => {
        try {
          const body = pieces.length > 0 ? Buffer.concat(pieces) : null;
          resolve(new Response(body, { status: answer.statusCode! }));
        } catch (error) {
          // A status that no answer to a write has; it must not be thrown where nobody waits for it.
          reject(error as Error);
        }
      });
    })
      // Node reports an upload that took too long as an AbortError, as if somebody had cancelled it; the signal knows better.
      .on("error", (error) => reject(signal.aborted ? signal.reason : error))
      .end(data);
  });
}

/**
 * Requests to WebHDFS, reads and writes alike. Every failure is a `ServiceError` that names the address, the operation, the path and,
 * where there is one, Hadoop's own exception.
 */
export class WebHdfsTransport {
  constructor(private readonly address: WebHdfsAddress) {}

  /** What an operation answers in JSON; undefined where the path does not exist. */
  json<T>(
    operation: Operation,
    path: string,
    form: z.ZodType<T>,
    query?: Query,
  ): Promise<T | undefined> {
    return this.ask(operation, path, query, async (response) =>
      contentOf(response, await response.text(), form),
    );
  }

  /** Changes something. @returns whether HDFS did; false also where the path does not exist */
  async done(
    operation: Operation,
    path: string,
    query?: Query,
  ): Promise<boolean> {
    const did = await this.ask(operation, path, query, async (response) => {
      const body = await response.text();
      return body === ""
        ? true
        : contentOf(response, body, answerOfDone).boolean;
    });
    return did ?? false;
  }

  /** A file's bytes, or those of a range; undefined where the file does not exist. */
  bytes(
    path: string,
    range: { offset?: number; length?: number } = {},
  ): Promise<Buffer | undefined> {
    return this.ask("OPEN", path, range, async (response) => {
      const type = contentTypeOf(response);
      if (type.split(";")[0]!.trim().toLowerCase() !== BYTES)
        throw new Error(`${response.status} with no file's bytes (${type})`);
      return Buffer.from(await response.arrayBuffer());
    });
  }

  /** Writes a whole file and the directories above it; a file that was there is replaced. */
  upload(path: string, data: Buffer): Promise<void> {
    return calling("HDFS", this.address.webhdfs, async () => {
      const location = await this.locationToWrite(path);
      const response = await put(
        location,
        data,
        AbortSignal.timeout(
          TIMEOUT_MS + Math.ceil(data.length / UPLOAD_BYTES_PER_MS),
        ),
      );
      if (response.status !== CREATED)
        throw new Error(
          `CREATE ${path}: ${refusalOf(response.status, await response.text())}`,
        );
    });
  }

  /** Where the bytes of a new file go: the NameNode takes none itself and sends its client on to a DataNode. */
  private async locationToWrite(path: string): Promise<URL> {
    const response = await this.send(
      "CREATE",
      path,
      { overwrite: true, permission: "0755" },
      "manual",
    );
    const location = response.headers.get("location");
    const body = await response.text();
    if (response.status !== SENT_ON || location === null)
      throw new Error(
        response.status < 400
          ? `CREATE ${path}: ${response.status} without a Location to write to`
          : `CREATE ${path}: ${refusalOf(response.status, body)}`,
      );
    return new URL(location, response.url);
  }

  private ask<T>(
    operation: Operation,
    path: string,
    query: Query | undefined,
    resultOf: (response: Response) => Promise<T>,
  ): Promise<T | undefined> {
    return calling("HDFS", this.address.webhdfs, async () => {
      const response = await this.send(operation, path, query, "follow");
      if (response.ok) {
        try {
          return await resultOf(response);
        } catch (error) {
          throw new Error(`${operation} ${path}: ${(error as Error).message}`, {
            cause: error,
          });
        }
      }
      const body = await response.text();
      if (
        response.status === 404 &&
        remoteException(body)?.exception === ABSENT
      )
        return undefined;
      throw new Error(
        `${operation} ${path}: ${refusalOf(response.status, body)}`,
      );
    });
  }

  private send(
    operation: Operation,
    path: string,
    query: Query | undefined,
    redirect: "follow" | "manual",
  ): Promise<Response> {
    const { method, counted } = OPERATIONS[operation];
    if (counted > 0) countRequest("HDFS", counted);
    return fetch(webHdfsUrl(this.address, operation, path, query), {
      method,
      redirect,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }
}
