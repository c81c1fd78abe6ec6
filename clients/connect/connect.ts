import { setTimeout as delay } from "node:timers/promises";
import type { ConnectSettings } from "../../domain/settings/sections/connect";
import {
  type ConnectorStatus,
  readConnectorNames,
  readConnectorStatus,
  readRefusal,
  readSinkOffsets,
  readSinkSettings,
  type SinkOffset,
  type SinkSettings,
  writeSinkOffsets,
} from "../../formats/connect/answers";
import { countRequest } from "../../lib/request-count";
import { calling, Explained, ServiceError } from "../errors";
import { contentTypeOf } from "../hadoop-answer";
import { type Answer, exchange, isGood } from "../http-exchange";
import { TlsAgents } from "../http-ways";
import { proofHeaders, proofsOf, type WebToken, withoutUser } from "../proofs";
import {
  isNotBelieved,
  isTlsCode,
  tlsOptions,
  withoutSecrets,
} from "../secrets";

const FIELD = "importer.connect";
const SERVICE = "Kafka Connect";
const READ_MS = 20_000;
/** Connect itself gives up after 90 s what its leader or a group's coordinator has to do. */
const CHANGE_MS = 95_000;
/** So long a worker is asked again that starts or rebalances, which Connect does within seconds. */
const NOT_READY_MS = 30_000;
const PAUSE_MS = 500;
const CONFLICT = 409;
const NOT_FOUND = 404;
/** A refusal's message is cut to so many characters. */
const MOST_TOLD = 300;

/** The worker does nothing yet: it starts, or the group of workers rebalances. Nothing was done. */
class NotReady extends Error {}

/** The connector is not there, and the worker, which is up, names others or none. */
class Deleted extends Error {}

/** A change was asked of a connector that is not there. */
export class NoConnector extends ServiceError {}

type Change = { method: "PUT" | "PATCH"; path: string; body?: string };

/** How a client waits and what time it is to it, ms. */
type Clock = { pause: (ms: number) => Promise<unknown>; now: () => number };
const CLOCK: Clock = { pause: delay, now: () => performance.now() };

/**
 * One sink connector of a Kafka Connect cluster (3.6 or later), by the REST interface of any of its workers. A connector's configuration has
 * passwords: of it no more is read than is used, and no answer's text enters an error but a refusal's own message.
 * Every failure is a ServiceError; whoever changes a connector that is not there gets a {@link NoConnector}.
 */
export class Connect {
  /** The connector's name. */
  readonly connector: string;
  private readonly base: string;
  private readonly tls: TlsAgents | undefined;

  constructor(
    private readonly settings: ConnectSettings,
    private readonly webToken: WebToken,
    private readonly clock = CLOCK,
  ) {
    const { url, connector, tls } = settings;
    this.connector = connector;
    this.base = withoutUser(url).href.replace(/\/$/, "");
    this.tls = tls && new TlsAgents(() => tlsOptions(tls, `${FIELD}.tls`));
  }

  /** The names of all connectors. A worker that tells them is up. */
  connectors(): Promise<string[]> {
    return this.calling(() => this.names());
  }

  /** What is to be known of the connector's configuration; undefined where there is no such connector. */
  sinkSettings(): Promise<SinkSettings | undefined> {
    return this.get("config", readSinkSettings);
  }

  /** The connector's state and its tasks'; undefined where there is no such connector. */
  status(): Promise<ConnectorStatus | undefined> {
    return this.get("status", readConnectorStatus);
  }

  /** Where the connector goes on, as it has committed it, whatever its state; undefined where there is no such connector. */
  offsets(): Promise<SinkOffset[] | undefined> {
    return this.get("offsets", readSinkOffsets);
  }

  /** Has the connector's tasks end. They do within a moment: ask for the {@link status}. */
  stop(): Promise<void> {
    return this.change({ method: "PUT", path: "stop" });
  }

  pause(): Promise<void> {
    return this.change({ method: "PUT", path: "pause" });
  }

  resume(): Promise<void> {
    return this.change({ method: "PUT", path: "resume" });
  }

  /**
   * Sets where the stopped connector goes on in some partitions; all others stay. Connect does not look whether Kafka has such offsets: where it
   * has not, the sink goes to the earliest one when it is resumed.
   */
  alterOffsets(wanted: readonly SinkOffset[]): Promise<void> {
    const body = writeSinkOffsets(wanted);
    return this.change({ method: "PATCH", path: "offsets", body });
  }

  private get<T>(
    path: string,
    read: (text: string) => T,
  ): Promise<T | undefined> {
    return this.calling(async () => {
      try {
        return read(await this.answered("GET", this.pathOf(path), READ_MS));
      } catch (error) {
        if (error instanceof Deleted) return undefined;
        throw error;
      }
    });
  }

  private change({ method, path, body }: Change): Promise<void> {
    return this.calling(async () => {
      try {
        await this.answered(method, this.pathOf(path), CHANGE_MS, body);
      } catch (error) {
        if (!(error instanceof Deleted)) throw error;
        throw new NoConnector(SERVICE, this.base, error.message, undefined);
      }
    });
  }

  private calling<T>(work: () => Promise<T>): Promise<T> {
    return calling(SERVICE, this.base, work, adviceOn);
  }

  private async names(): Promise<string[]> {
    return readConnectorNames(
      await this.answered("GET", "/connectors", READ_MS),
    );
  }

  private pathOf(path: string): string {
    return `/connectors/${encodeURIComponent(this.connector)}/${path}`;
  }

  /** A good answer's body. A worker that is not ready is asked again for a while: it has done nothing. */
  private async answered(
    method: string,
    path: string,
    timeoutMs: number,
    body?: string,
  ): Promise<string> {
    const until = this.clock.now() + NOT_READY_MS;
    for (;;) {
      try {
        return await this.once(method, path, timeoutMs, body);
      } catch (error) {
        if (!(error instanceof NotReady) || this.clock.now() >= until)
          throw error;
        await this.clock.pause(PAUSE_MS);
      }
    }
  }

  private async once(
    method: string,
    path: string,
    timeoutMs: number,
    body?: string,
  ): Promise<string> {
    countRequest(SERVICE);
    const proofs = await proofHeaders(this.settings, FIELD, this.webToken);
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const answer = await exchange({
      method,
      url: new URL(`${this.base}${path}`),
      headers: {
        accept: "application/json",
        ...(method === "GET" ? {} : { "content-length": bytes?.length ?? 0 }),
        ...(bytes ? { "content-type": "application/json" } : {}),
        ...this.settings.headers,
        ...proofs,
      },
      ...(bytes ? { body: bytes } : {}),
      timeoutMs,
      ...(this.tls ? { tls: this.tls } : {}),
    });
    if (isGood(answer.status)) return answer.body.toString("utf8");
    return this.refused(answer, `${method} ${path}`, secretsIn(proofs));
  }

  /** @throws the Error that a bad answer is */
  private async refused(
    answer: Answer,
    what: string,
    secrets: string[],
  ): Promise<never> {
    const { status } = answer;
    const refusal = readRefusal(answer.body.toString("utf8"));
    if (status === 401 || status === 403)
      throw new Explained(
        `${what}: ${status} (${proofsOf(this.settings, FIELD)})`,
      );
    if (!refusal) {
      const said = `${what}: ${status} with an answer that is not Connect's (${contentTypeOf(answer)})`;
      // While a worker starts, all its paths are a page that is not found.
      throw status === NOT_FOUND
        ? new NotReady(`${said}: it is starting, or not at this address`)
        : new Error(said);
    }
    const told = withoutSecrets(refusal.message, secrets)
      .split("\n")[0]!
      .slice(0, MOST_TOLD);
    const said = `${what}: ${status}: ${told}`;
    if (status === CONFLICT) throw new NotReady(said);
    if (status !== NOT_FOUND) throw new Error(said);
    if ((await this.names()).includes(this.connector))
      throw new Error(
        `${said}, and there is such a connector: a Connect before 3.6 does not know this request`,
      );
    throw new Deleted(deletedText(this.connector));
  }
}

/** What is said of a connector that is not there. */
export const deletedText = (connector: string): string =>
  `there is no connector ${connector}: it was deleted, or importer.connect.connector has another name`;

/** What an operator can do about a failure. */
function adviceOn(error: unknown): string | undefined {
  const { code = "" } = error as NodeJS.ErrnoException;
  return isTlsCode(code) || isNotBelieved(code)
    ? `see ${FIELD}.tls`
    : undefined;
}

/** The secrets in headers, which a service may repeat in what it says. */
const secretsIn = (headers: Record<string, string>): string[] =>
  Object.values(headers).flatMap((value) => {
    const [scheme, token] = value.split(" ");
    if (token === undefined) return [value];
    const password =
      scheme === "Basic"
        ? Buffer.from(token, "base64")
            .toString("utf8")
            .replace(/^[^:]*:/, "")
        : "";
    return [value, token, password].filter((secret) => secret !== "");
  });
