import { z } from "zod";
import { jsonIn } from "../../lib/json";
import { countRequest } from "../../lib/request-count";
import {
  Addresses,
  type AddressOrSeveral,
  addressText,
  NotActive,
} from "../addresses";
import { named } from "../../formats/format-error";
import { calling, ServiceError } from "../errors";
import {
  contentOf,
  contentTypeOf,
  isNobodyBehind,
  isStandby,
  refusalOf,
  remoteException,
} from "../hadoop-answer";
import {
  type Answer,
  type AnswerInPieces,
  type Ask,
  type Exchange,
  exchangeFollowing,
  isGood,
  placeOf,
} from "../http-exchange";
import type { HadoopAccess } from "../hadoop-access";
import {
  OPERATIONS,
  type Operation,
  type Query,
  webHdfsUrl,
} from "./webhdfs-url";

/** Where WebHDFS is served: NameNodes, an HttpFS, or a gateway such as Knox; the address may have a base path. */
export type WebHdfsAddress = { webhdfs: AddressOrSeveral; user: string };

const TIMEOUT_MS = 30_000;
/** An upload gets more time by its size: a large file over a slow line must not be taken for a DataNode that hangs. */
const UPLOAD_BYTES_PER_MS = 1000;

/** HDFS' own exception for a path that is not there. A gateway's 404 has none: it says nothing of the path. */
const ABSENT = "FileNotFoundException";
/** What comes with a file's bytes (DataNode: WebHdfsHandler.onOpen; HttpFS: HttpFSServer.get). Whatever else comes is no file. */
const BYTES = "application/octet-stream";
/** With which a NameNode or an HttpFS sends a writer on. A login page is reached by other statuses; events must not be sent there. */
const SENT_ON = 307;
/** With which a write ends (WebHdfsHandler.onCreate). */
const CREATED = 201;

/** Where a NameNode tells its state, on every version of Hadoop that has several. */
const STATE = "/jmx?get=Hadoop:service=NameNode,name=NameNodeStatus::State";
const STATE_MS = 5000;
const stateOfNameNode = z.object({
  beans: z.array(z.object({ State: z.string().optional() })),
});

/** What an operation without a result answers; with the option OVERWRITE a rename answers nothing at all. */
const answerOfDone = z.object({ boolean: z.boolean() });

/**
 * Requests to WebHDFS, reads and writes alike. Every failure is a `ServiceError` that names the address, the operation, the path and,
 * where there is one, Hadoop's own exception.
 */
export class WebHdfsTransport {
  private readonly addresses: Addresses;
  private readonly send: Exchange;
  /** How a file is asked for whose bytes are given as they come. */
  private readonly open: (ask: Ask) => Promise<AnswerInPieces>;
  /** The `user.name` of requests. Who is proven is not named: it would have to be the same, in Hadoop's own short form. */
  private readonly user: string | undefined;

  constructor(
    private readonly address: WebHdfsAddress,
    access: HadoopAccess,
  ) {
    this.send = access.exchange;
    this.open = access.exchangeInPieces;
    this.user = access.byKerberos ? undefined : address.user;
    this.addresses = new Addresses(address.webhdfs, {
      confirm: (each) => this.confirmActive(each),
    });
  }

  /** Where a browser can ask for something: at the address that answered last. */
  link(operation: Operation, path: string): string {
    const { user } = this;
    return webHdfsUrl(
      { webhdfs: this.addresses.current, user },
      operation,
      path,
    );
  }

  /** What an operation answers in JSON; undefined where the path does not exist. */
  json<T>(
    operation: Operation,
    path: string,
    form: z.ZodType<T>,
    query?: Query,
  ): Promise<T | undefined> {
    return this.ask(operation, path, query, (answer) =>
      contentOf(answer, textOf(answer), form),
    );
  }

  /** Changes something. @returns whether HDFS did; false also where the path does not exist */
  async done(
    operation: Operation,
    path: string,
    query?: Query,
  ): Promise<boolean> {
    const did = await this.ask(operation, path, query, (answer) => {
      const body = textOf(answer);
      return body === "" ? true : contentOf(answer, body, answerOfDone).boolean;
    });
    return did ?? false;
  }

  /** A file's bytes, or those of a range; undefined where the file does not exist. */
  bytes(
    path: string,
    range: { offset?: number; length?: number } = {},
  ): Promise<Buffer | undefined> {
    return this.ask("OPEN", path, range, (answer) => bytesOf(answer).body);
  }

  /** The bytes of a range as they come; none where the file does not exist. */
  async *pieces(
    path: string,
    range: { offset: number; length: number },
  ): AsyncGenerator<Buffer> {
    const answer = await this.ask("OPEN", path, range, bytesOf, this.open);
    if (!answer) return;
    if (!answer.coming) {
      yield answer.body;
      return;
    }
    try {
      yield* answer.coming.pieces;
    } catch (error) {
      throw this.failed("OPEN", path, error);
    }
  }

  /**
   * Writes a whole file and the directories above it; a file that was there is replaced. A DataNode answers `100 Continue` before it takes the
   * bytes, whether it was asked to or not (WebHdfsHandler.onCreate, Hadoop 3.4).
   */
  upload(path: string, data: Buffer): Promise<void> {
    return this.calling(async (address) => {
      const answer = await this.send({
        method: "PUT",
        url: await this.locationToWrite(address, path),
        headers: { "content-type": BYTES, "content-length": data.length },
        body: data,
        timeoutMs: TIMEOUT_MS + Math.ceil(data.length / UPLOAD_BYTES_PER_MS),
      });
      if (answer.status !== CREATED) throw refused("CREATE", path, answer);
    });
  }

  /** Where the bytes of a new file go: the NameNode takes none itself and sends its client on to a DataNode. */
  private async locationToWrite(address: string, path: string): Promise<URL> {
    const query = { overwrite: true, permission: "0755" };
    const answer = await this.send(this.askFor(address, "CREATE", path, query));
    const location = answer.headers.get("location");
    if (answer.status !== SENT_ON || location === null)
      throw answer.status < 400
        ? new Error(
            `CREATE ${path}: ${answer.status} without a Location to write to`,
          )
        : refused("CREATE", path, answer);
    return placeOf(location, answer.url);
  }

  private ask<T, A extends Answer = Answer>(
    operation: Operation,
    path: string,
    query: Query | undefined,
    resultOf: (answer: A) => T,
    send = this.send as (ask: Ask) => Promise<A>,
  ): Promise<T | undefined> {
    return this.calling(async (address) => {
      const answer = await exchangeFollowing(
        this.askFor(address, operation, path, query),
        send,
      );
      const { status } = answer;
      if (isGood(status)) {
        try {
          return resultOf(answer);
        } catch (error) {
          throw this.failed(operation, path, error);
        }
      }
      const body = textOf(answer);
      if (status === 404 && remoteException(body)?.exception === ABSENT)
        return undefined;
      throw refused(operation, path, answer);
    });
  }

  /** Makes a call at the active address. @throws ServiceError that names the addresses */
  private calling<T>(call: (address: string) => Promise<T>): Promise<T> {
    return calling("HDFS", addressText(this.address.webhdfs), () =>
      this.addresses.ask(call),
    );
  }

  /**
   * Asks a NameNode whether it is active: an observer, and a standby that is allowed to, answer reads that may be behind. A gateway or an
   * HttpFS, which does not know, counts as one that is, unless nobody is behind it: a change is not asked for there, as nobody would know
   * whether it was made.
   */
  private async confirmActive(address: string): Promise<void> {
    const url = new URL(STATE, address);
    const answer = await this.send({ method: "GET", url, timeoutMs: STATE_MS });
    const body = textOf(answer);
    if (isNobodyBehind("GET", answer.status, body))
      throw new NotActive(`its state: ${refusalOf(answer.status, body)}`);
    const told = stateOfNameNode.safeParse(jsonIn(body)).data;
    const state = told?.beans[0]?.State;
    if (state !== undefined && state !== "active")
      throw new NotActive(`it is ${named(state)}`);
  }

  /** An answer that is no good one, by the operation and the path: `calling` would tell its cause alone. */
  private failed(
    operation: Operation,
    path: string,
    error: unknown,
  ): ServiceError {
    const reason = `${operation} ${path}: ${(error as Error).message}`;
    return new ServiceError(
      "HDFS",
      addressText(this.address.webhdfs),
      reason,
      error,
    );
  }

  /** A request to the NameNode, which is counted. */
  private askFor(
    webhdfs: string,
    operation: Operation,
    path: string,
    query?: Query,
  ) {
    const { method, counted } = OPERATIONS[operation];
    if (counted > 0) countRequest("HDFS", counted);
    const { user } = this;
    const url = new URL(webHdfsUrl({ webhdfs, user }, operation, path, query));
    return { method, url, timeoutMs: TIMEOUT_MS };
  }
}

/** An answer that is no good one, as an error: of who has done nothing, as one that lets another address be asked. */
function refused(operation: Operation, path: string, answer: Answer): Error {
  const body = textOf(answer);
  const told = `${operation} ${path}: ${refusalOf(answer.status, body)}`;
  const { method } = OPERATIONS[operation];
  return isStandby(answer.status, body) ||
    isNobodyBehind(method, answer.status, body)
    ? new NotActive(told)
    : new Error(told);
}

/** An answer that is a file's bytes. @throws Error where it is something else, as a login page is */
function bytesOf(answer: AnswerInPieces): AnswerInPieces {
  const type = contentTypeOf(answer);
  if (type.split(";")[0]!.trim().toLowerCase() === BYTES) return answer;
  answer.coming?.drop();
  throw new Error(`${answer.status} with no file's bytes (${type})`);
}

const textOf = ({ body }: Answer): string => body.toString("utf8");
