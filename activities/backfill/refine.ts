import { cancellationSignal, heartbeat, sleep } from "@temporalio/activity";
import type { Config } from "../../domain/settings/config";
import { datasetOf } from "../../domain/settings/dataset";
import { partitionPath } from "../../lib/hour";
import type { Plan, PlannedTopic, RefineJob } from "../../domain/backfill/plan";
import { DONE_FLAG } from "../../formats/refine/done-flag";
import {
  parseRefineStatus,
  parseRefineTotal,
  type RefineStatus,
} from "../../formats/refine/refine-log-line";
import { fatal } from "../../clients/errors";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import { beating, tagOf } from "./import";
import { jobFaults, TABLES } from "./planning";
import { mapPool } from "../../lib/map-pool";
import { withHours } from "./plan-store";
import type { Storage } from "../../clients/storage";
import type { Submitter } from "./submitter";
import {
  type Application,
  hasEnded,
  isRefine,
  type Yarn,
} from "../../clients/yarn/yarn";
import { type RemovedFlag, sagaPlaces } from "../../clients/storage-layout";
import { sagaId } from "./saga-id";

const POLL_MS = 1000;
/** Flags that are looked at, or moved, side by side. */
const AT_ONCE = 8;
/** Flags that a poll looks at; of more, each gets its turn. */
const FLAGS_A_POLL = 400;
const LIVE_BYTES = 200_000;
/** Stands where a planned flag would be kept, if there was none: an attempt that wakes up late finds the place taken. */
const NO_FLAG = "no flag was here\n";

/** A job's arguments for fewer tables than it was planned for. */
export function narrowed(args: string[], tableDirs?: string[]): string[] {
  if (!tableDirs) return args;
  const at = args.indexOf(TABLES) + 1;
  if (at === 0) throw fatal("NotAllowed", `the job has no ${TABLES} to narrow`);
  return args.with(at, tableDirs.join("|"));
}

type Deps = {
  config: Config;
  hdfs: Hdfs;
  yarn: Yarn;
  storage: Storage;
  submitter: Submitter;
};

/** Clearing flags and refining. */
export function createRefineActivities({
  config,
  hdfs,
  yarn,
  storage,
  submitter,
}: Deps) {
  /** Where a planned flag is kept: moved there, not copied, so that whoever comes second, however late, can take nothing away. */
  const keptAt = (id: string, path: string) =>
    storage.path(sagaPlaces(id).flag(path));

  /** The flags of a plan that this backfill has taken away, read from where they are kept. */
  async function kept(
    id: string,
    flags: Plan["flags"],
  ): Promise<RemovedFlag[]> {
    const journal: RemovedFlag[] = [];
    for (const { path } of flags) {
      heartbeat(path);
      const place = keptAt(id, path);
      const [status, content] = await Promise.all([
        hdfs.stat(place),
        hdfs.read(place),
      ]);
      if (status && content && content.toString("utf8") !== NO_FLAG)
        journal.push({
          path,
          content: content.toString("base64"),
          mtime: status.mtime,
          owner: status.owner,
        });
    }
    return journal;
  }

  return {
    /**
     * Moves every flag of the plan aside and records them in `flags.json`. Each has one place to be moved to: an attempt that froze and wakes
     * up when Refine has set new flags finds the places taken. @returns flags taken away by this backfill
     */
    async clearFlags(input: {
      planRef: string;
      skip: string[];
    }): Promise<number> {
      const id = sagaId();
      const plan = await storage.readRef<Plan>(input.planRef);
      const flags = plan.flags.filter((f) => !input.skip.includes(f.topic));
      await mapPool(flags, AT_ONCE, async ({ path }) => {
        heartbeat(path);
        cancellationSignal().throwIfAborted();
        const place = keptAt(id, path);
        if (!(await hdfs.claim(path, place))) await hdfs.create(place, NO_FLAG);
      });
      const journal = await kept(id, flags);
      await storage.write(sagaPlaces(id).removedFlags, journal);
      return journal.length;
    },
    /** Writes the flags back that were taken away, where none is; what was not taken yet can be taken no more. @returns flags restored */
    async restoreFlags(input?: { planRef: string }): Promise<number> {
      const id = sagaId();
      // Sagas that were started by 0.1.0 name no plan.
      const { flags } = await storage.readRef<Plan>(
        input?.planRef ?? storage.path(sagaPlaces(id).planOf010),
      );
      for (const { path } of flags) {
        heartbeat(path);
        const place = keptAt(id, path);
        if (!(await hdfs.stat(place))) await hdfs.create(place, NO_FLAG);
      }
      let restored = 0;
      for (const { path, content } of await kept(id, flags)) {
        heartbeat(path);
        if (await hdfs.stat(path)) continue;
        if (await hdfs.create(path, Buffer.from(content, "base64"))) restored++;
      }
      return restored;
    },
    /** Submits the plan's Refine once: an application with this backfill's tag is found again, later twins are killed. */
    async submitRefine(input: {
      job: RefineJob;
      /** Where topics were skipped since the plan was made: the tables that are left. */
      only?: string[];
    }): Promise<{ applicationId: string; link: string }> {
      const id = sagaId();
      const tag = tagOf(id, "refine");
      const faults = jobFaults(input.job, config.refine);
      if (faults.length > 0)
        throw fatal(
          "RefusedJob",
          `refused to refine with ${input.job.class}: ${faults.join("; ")}`,
        );
      const stop = beating();
      try {
        const app = await submitter.submit(
          tag,
          [
            ...config.refine.submit,
            ...["--class", input.job.class, "--name", `refine_${id}`],
            ...[
              "--conf",
              `spark.yarn.tags=${tag}`,
              "--conf",
              "spark.yarn.submit.waitAppCompletion=false",
            ],
            input.job.jar,
            ...narrowed(input.job.arguments, input.only),
          ],
          async () => {
            const others = (await yarn.running()).filter(isRefine);
            if (others.length > 0)
              throw new Error(
                `another Refine is running and may write the same partitions: ${others.map((a) => `${a.name} (${a.id})`).join(", ")}`,
              );
          },
        );
        return { applicationId: app.id, link: yarn.link(app.id) };
      } finally {
        stop();
      }
    },
    /** Waits for the application, telling how many of the planned partitions have their flag. What YARN calls SUCCEEDED is not yet success. */
    async awaitRefine(input: {
      applicationId: string;
      topics: PlannedTopic[];
      planRef?: string;
    }): Promise<{ finalStatus: string; seconds: number }> {
      const topics = await withHours(storage, input.topics, input.planRef);
      const flags = topics.flatMap((t) => {
        const dir = datasetOf(t.topic, config.naming)!.refinedDir;
        return t.hours.map((h) => `${dir}/${partitionPath(h)}/${DONE_FLAG}`);
      });
      const left = new Set(flags);
      const told = new Map<string, RefineStatus["kind"]>();
      let total: number | undefined;
      const look = async () => {
        await mapPool(
          [...left].slice(0, FLAGS_A_POLL),
          AT_ONCE,
          async (path) => {
            // Back in the queue's end, where it is still missing.
            left.delete(path);
            if (!(await hdfs.stat(path))) left.add(path);
          },
        );
        // The driver tells of more than flags do: of what it means to refine, and of what has failed.
        const log = app && (await yarn.liveLog(app, "stderr", LIVE_BYTES));
        for (const line of log?.split("\n") ?? []) {
          total = parseRefineTotal(line) ?? total;
          const s = parseRefineStatus(line);
          if (s) told.set(`${s.table} ${s.hour}`, s.kind);
        }
        heartbeat({
          refined: flags.length - left.size,
          total: flags.length,
          failed: [...told.values()].filter((kind) => kind === "failed").length,
          ...(total === undefined
            ? {}
            : { driver: `${told.size} of ${total}` }),
        });
      };
      let app: Application | undefined;
      for (;;) {
        app = await yarn.application(input.applicationId);
        if (!app)
          throw fatal(
            "ApplicationFailed",
            `${input.applicationId} is unknown to YARN at ${config.yarn.resourceManager}`,
          );
        await look();
        // A submission that was given up may have gone through after all.
        for (const twin of await yarn.byTag(app.applicationTags))
          if (twin.id !== app.id && !hasEnded(twin)) await yarn.kill(twin.id);
        if (hasEnded(app)) break;
        await sleep(POLL_MS);
      }
      // Should the cluster lose the logs, this is what is known of them.
      await storage.write(sagaPlaces(sagaId()).refineLive, [...told]);
      if (app.finalStatus !== "SUCCEEDED")
        throw fatal(
          "ApplicationFailed",
          `Refine ${app.id} ended ${app.finalStatus}: ${app.diagnostics.slice(0, 500)}; ${yarn.link(app.id)}`,
        );
      return {
        finalStatus: app.finalStatus,
        seconds: Math.round(app.elapsedTime / 1000),
      };
    },
    /** Ends a Refine that somebody else started, at an operator's word. @throws where it is not a Refine, has ended or is this backfill's own */
    async killJob(input: { applicationId: string }): Promise<string> {
      const own = tagOf(sagaId(), "refine");
      const app = await yarn.application(input.applicationId);
      const why = !app
        ? "YARN does not know it"
        : !isRefine(app)
          ? `${app.name} is not a Refine`
          : hasEnded(app)
            ? `it has ended ${app.finalStatus}`
            : app.applicationTags.split(",").includes(own)
              ? "it is this backfill's own: abort the backfill instead"
              : undefined;
      if (why)
        throw fatal(
          "NotAllowed",
          `${input.applicationId} is not killed: ${why}`,
        );
      await yarn.kill(app!.id);
      for (;;) {
        const now = await yarn.application(app!.id);
        if (!now || hasEnded(now)) break;
        heartbeat({ ending: app!.id });
        await sleep(POLL_MS);
      }
      return `${app!.name} (${app!.id}) of ${app!.user} was killed`;
    },
    async killRefine(): Promise<string[]> {
      const id = sagaId();
      const running = (await yarn.byTag(tagOf(id, "refine"))).filter(
        (app) => !hasEnded(app),
      );
      for (const app of running) await yarn.kill(app.id);
      return running.map((app) => app.id);
    },
  };
}
