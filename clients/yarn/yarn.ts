import { z } from "zod";
import {
  Addresses,
  type AddressOrSeveral,
  addressText,
  NotActive,
} from "../addresses";
import { calling } from "../errors";
import { OPEN_ACCESS } from "../hadoop-access";
import {
  contentOf,
  isNobodyBehind,
  refusalOf,
  remoteException,
} from "../hadoop-answer";
import {
  type Answer,
  type Ask,
  exchangeFollowing,
  isGood,
} from "../http-exchange";

const text = z.string().default("");

/**
 * An application as the ResourceManager's REST API ("Cluster Application API") describes it; the fields that are used, and no other.
 * Hadoop leaves out what it does not know, so that little is demanded: enough to tell an application from anything else.
 */
const application = z.object({
  id: z.string(),
  name: text,
  /** NEW, NEW_SAVING, SUBMITTED, ACCEPTED, RUNNING, FINISHED, FAILED or KILLED. */
  state: z.string(),
  /** What the application says of itself: UNDEFINED until it has ended, then SUCCEEDED, FAILED or KILLED. */
  finalStatus: z.string().default("UNDEFINED"),
  /** Epoch ms. JSON can hold a number that is endless to JavaScript: it is refused. */
  startedTime: z.number().default(0),
  /** Milliseconds. */
  elapsedTime: z.number().default(0),
  /** Separated by commas, in lower case. */
  applicationTags: text,
  /** Undefined where YARN aggregates no logs, or does not say. */
  logAggregationStatus: z.string().optional(),
  diagnostics: text,
  user: text,
  /** Where a NodeManager shows the log of the application's master. */
  amContainerLogs: z.string().optional(),
});
export type Application = z.infer<typeof application>;

const oneApplication = z.object({ app: application });
/** No application is null, or an empty object in newer versions. */
const applications = z.object({
  apps: z.object({ app: z.array(application).optional() }).nullable(),
});
/** Hadoop writes what a class holds with or without the class's name around it. */
const allowed = z.object({
  allowed: z.union([z.boolean(), z.stringbool()]),
});
const queueAccess = z.union([
  allowed,
  z.object({ RMQueueAclInfo: allowed }).transform((it) => it.RMQueueAclInfo),
  z.object({ rmQueueAclInfo: allowed }).transform((it) => it.rmQueueAclInfo),
]);
const stateOfApplication = z.object({ state: z.string() });

/** YARN's own exception for an application that it does not know. A gateway's 404 has none: it says nothing of the application. */
const UNKNOWN = "NotFoundException";

/** With which a standby sends on to the active one, which is followed, unless there is none. */
const SENT_ON = 307;
const TIMEOUT_MS = 10_000;
const LIVE_LOG_MS = 5000;

const ENDED = new Set(["FINISHED", "FAILED", "KILLED"]);
/** Whether an application is a Refine job, whichever version: judged by its name. */
export const isRefine = (app: Application) => /refine/i.test(app.name);
/** An application as people are told of it. */
export const told = ({ name, id }: Application): string => `${name} (${id})`;
/** Whether an application has ended, well or not. */
export const hasEnded = (app: Application) => ENDED.has(app.state);

/** YARN's ResourceManager, by its REST API. Every failure is a ServiceError, except where a method says otherwise. */
export class Yarn {
  private readonly addresses: Addresses;

  /** @param address the http(s) address of the ResourceManager, or of several of which one is active */
  constructor(
    private readonly address: AddressOrSeveral,
    private readonly user: string,
    private readonly access = OPEN_ACCESS,
  ) {
    this.addresses = new Addresses(address);
  }

  /** Makes a call at the active ResourceManager. A standby sends on to that one; where none is active, it answers nothing that could be used. */
  private calling<T>(
    resultOf: (answer: Answer, body: string) => T,
    path: string,
    ask: Pick<Ask, "method" | "headers" | "body">,
  ): Promise<T> {
    return calling("YARN ResourceManager", addressText(this.address), () =>
      this.addresses.ask(async (address) => {
        const url = new URL(`${address}/ws/v1/cluster${path}`);
        const answer = await exchangeFollowing(
          { ...ask, url, timeoutMs: TIMEOUT_MS },
          this.access.exchange,
        );
        if (answer.status === SENT_ON)
          throw new NotActive(
            `${SENT_ON} without a Location: no one is active`,
          );
        const body = answer.body.toString("utf8");
        if (isNobodyBehind(ask.method, answer.status, body))
          throw new NotActive(`${ask.method} ${path}: ${answer.status}`);
        return resultOf(answer, body);
      }),
    );
  }

  /** What the ResourceManager answers; undefined where it knows no such thing. */
  private get<T>(path: string, form: z.ZodType<T>): Promise<T | undefined> {
    const headers = { accept: "application/json" };
    return this.calling(
      (answer, body) => {
        const { status } = answer;
        if (isGood(status)) return contentOf(answer, body, form);
        if (status === 404 && remoteException(body)?.exception === UNKNOWN)
          return undefined;
        throw new Error(`GET ${path}: ${refusalOf(status, body)}`);
      },
      path,
      { method: "GET", headers },
    );
  }

  /** Applications with a tag, the first started first. */
  async byTag(tag: string): Promise<Application[]> {
    return (
      await this.applications(
        `applicationTags=${encodeURIComponent(tag.toLowerCase())}`,
      )
    ).sort((a, b) => a.startedTime - b.startedTime || (a.id < b.id ? -1 : 1));
  }

  /** Applications that have not ended. */
  running(): Promise<Application[]> {
    return this.applications(
      "states=NEW,NEW_SAVING,SUBMITTED,ACCEPTED,RUNNING",
    );
  }

  /** Applications that have ended since a time, epoch ms. */
  endedSince(time: number): Promise<Application[]> {
    return this.applications(`finishedTimeBegin=${time}`);
  }

  private async applications(query: string): Promise<Application[]> {
    const found = await this.get(`/apps?${query}`, applications);
    return found?.apps?.app ?? [];
  }

  /**
   * Whether somebody may submit to a queue. YARN tells it from version 3.2 on, to those who administer the queue.
   * @returns undefined where it does not know the question
   */
  async maySubmit(queue: string, user: string): Promise<boolean | undefined> {
    const path = `/queues/${encodeURIComponent(queue)}/access?queue-acl-type=SUBMIT_APPLICATIONS&user=${encodeURIComponent(user)}`;
    return (await this.get(path, queueAccess))?.allowed;
  }

  /** One application; undefined where the ResourceManager knows none of that id, or no longer. */
  async application(id: string): Promise<Application | undefined> {
    return (await this.get(`/apps/${id}`, oneApplication))?.app;
  }

  /**
   * The end of a log file of an application's master, which in cluster mode is the Spark driver. Its NodeManager has the log until it
   * is aggregated.
   * @param file the log file's name, such as `stderr`
   * @param bytes how much of its end is wanted
   * @returns undefined where the NodeManager does not answer, or has no such log
   */
  async liveLog(
    app: Application,
    file: string,
    bytes: number,
  ): Promise<string | undefined> {
    const container =
      /^(https?:\/\/[^/]+)\/node\/containerlogs\/(container_\w+)/.exec(
        app.amContainerLogs ?? "",
      );
    if (!container) return undefined;
    const [, nodeManager, id] = container;
    const url = new URL(
      `${nodeManager}/ws/v1/node/containers/${id}/logs/${file}?size=-${bytes}`,
    );
    const answer = await this.access
      .exchange({ method: "GET", url, timeoutMs: LIVE_LOG_MS })
      .catch(() => undefined);
    return answer && isGood(answer.status)
      ? answer.body.toString("utf8")
      : undefined;
  }

  /** Asks the ResourceManager to end an application; it may take a while. */
  async kill(id: string): Promise<void> {
    const body = Buffer.from(JSON.stringify({ state: "KILLED" }));
    await this.calling(
      (answer, text) => {
        if (!isGood(answer.status))
          throw new Error(`killing ${id}: ${refusalOf(answer.status, text)}`);
        contentOf(answer, text, stateOfApplication);
      },
      `/apps/${id}/state?user.name=${this.user}`,
      {
        method: "PUT",
        headers: {
          "content-type": "application/json",
          "content-length": body.length,
        },
        body,
      },
    );
  }

  /** The application's page, for people. */
  link(id: string): string {
    return `${this.addresses.current}/cluster/app/${id}`;
  }
}
