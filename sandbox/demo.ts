import { styleText } from "node:util";
import type { Client } from "@temporalio/client";
import { heartbeats } from "../cli/commands/backfill";
import { storedAudit } from "../cli/commands/audit-show";
import { webLink } from "../cli/client";
import { gridText, paint, table } from "../cli/output";
import { connectClient } from "../workers/connection";
import { CONFIG_FILE, environment } from "./platform/config";
import { incident } from "./incident/incident";
import { ports } from "./platform/ports";
import { STORY, topicOf, TOPICS } from "./incident/story";
import { checkFromOutside, expectedBroken } from "./incident/truth";
import { down, reset, up } from "./platform/up";
import { until } from "./platform/wait";
import { killWorker, startWorker } from "./platform/worker";
import type {
  AuditSummary,
  HeadroomSummary,
} from "../domain/audit/audit-report";
import { type BackfillResult } from "../domain/backfill/report";
import type { BackfillProgress } from "../domain/backfill/progress";
import { topicHourKey } from "../lib/keys";

const RANGE = { since: STORY.drifted[0]!, until: "2018-07-05T05" };
const started = Date.now();
const clock = () => {
  const s = Math.round((Date.now() - started) / 1000);
  return `${String(Math.floor(s / 60)).padStart(2)}:${String(s % 60).padStart(2, "0")}`;
};
const say = (line = "") =>
  console.log(line === "" ? "" : `${paint("gray", clock())} ${line}`);
const act = (title: string) =>
  console.log(
    `\n${paint("bold", `── ${title} ${"─".repeat(Math.max(0, 70 - title.length))}`)}`,
  );

/** A line that is redrawn where somebody watches, and silent in a log. */
function ticker(text: string): void {
  if (process.stdout.isTTY)
    process.stdout.write(`\r\x1b[K${styleText("gray", `${clock()} ${text}`)}`);
}
const clearTicker = () =>
  process.stdout.isTTY && process.stdout.write("\r\x1b[K");

async function audit(
  client: Client,
  workflowId: string,
): Promise<AuditSummary> {
  const handle = await client.workflow.start("hourlyAudit", {
    workflowId,
    taskQueue: "control",
    args: [{ asOf: STORY.noticed }],
    staticSummary: "Audit of every topic-hour",
  });
  say(`audit ${webLink(workflowId, handle.firstExecutionRunId)}`);
  const summary = (await handle.result()) as AuditSummary;
  const { audits } = await storedAudit(CONFIG_FILE, workflowId);
  console.log(
    `\n${gridText(audits.filter((a) => Object.keys(a.cells).length > 0))}\n`,
  );
  return summary;
}

/** Topics that are about to lose data. */
async function headroom(
  client: Client,
  asOf: string,
): Promise<HeadroomSummary["low"]> {
  const { low } = (await client.workflow.execute("headroomAudit", {
    workflowId: `headroom/${asOf}`,
    taskQueue: "control",
    args: [{ asOf }],
    staticSummary: "Which topics are about to lose data",
  })) as HeadroomSummary;
  return low;
}

/** The judgement of the audit against the truth: nothing broken that was not named, nothing healthy that was. */
async function compare(summary: AuditSummary): Promise<boolean> {
  const { audits } = await storedAudit(CONFIG_FILE);
  const named = new Set(
    audits.flatMap((a) => a.findings.map((f) => topicHourKey(f.topic, f.hour))),
  );
  const truth = expectedBroken();
  const overlooked = [...truth].filter((t) => !named.has(t));
  const falsely = [...named].filter((n) => !truth.has(n));
  say(
    `${truth.size} topic-hours are broken; the audit names ${named.size}, overlooks ${overlooked.length}, names ${falsely.length} healthy ones`,
  );
  for (const t of [...overlooked, ...falsely].slice(0, 10)) say(`  ${t}`);
  say(
    `causes: ${Object.entries(summary.causes)
      .map(([c, n]) => `${c} ${n}`)
      .join(", ")}`,
  );
  return overlooked.length === 0 && falsely.length === 0;
}

async function follow(client: Client, id: string): Promise<BackfillResult> {
  const handle = client.workflow.getHandle(id);
  const shown = new Map<string, string>();
  const killed = new Set<string>();
  let ended = false;
  const result = handle
    .result()
    .finally(() => (ended = true)) as Promise<BackfillResult>;
  result.catch(() => undefined);
  while (!ended) {
    const progress = await handle
      .query<BackfillProgress>("progress")
      .catch(() => undefined);
    for (const step of progress?.steps ?? []) {
      const text = `${step.state}${step.detail ? ` — ${step.detail}` : ""}`;
      if (step.state === "waiting" || shown.get(step.name) === text) continue;
      shown.set(step.name, text);
      clearTicker();
      say(
        `${step.state === "done" ? paint("green", "+") : step.state === "failed" ? paint("red", "!") : ">"} ${step.name.padEnd(15)} ${text}`,
      );
    }
    const failedStep = progress?.steps.find((s) => s.state === "failed");
    if (failedStep)
      throw new Error(`step ${failedStep.name} failed: ${failedStep.detail}`);
    const beats = (await heartbeats(client, id)) as Record<
      string,
      { progress?: { replayed?: number; refined?: number; total?: number } }
    >;
    const replay = beats["replay"]?.progress;
    const refine = beats["awaitRefine"]?.progress;
    if (replay?.replayed !== undefined)
      ticker(`replayed ${replay.replayed} of ${replay.total} events`);
    if (refine?.refined !== undefined)
      ticker(`refined ${refine.refined} of ${refine.total} partitions`);
    if (
      !killed.has("replay") &&
      replay?.replayed &&
      replay.replayed < replay.total!
    )
      await kill(
        "replay",
        `${replay.replayed} of ${replay.total} events are replayed`,
      );
    if (!killed.has("refine") && refine?.total !== undefined)
      await kill("refine", "Refine runs on YARN");
    await new Promise((go) => setTimeout(go, 250));
  }
  clearTicker();
  return result;

  async function kill(what: string, why: string): Promise<void> {
    killed.add(what);
    clearTicker();
    say(
      paint(
        "yellow",
        `x the worker is killed (SIGKILL, pid ${await killWorker()}) while ${why}; another is started`,
      ),
    );
    await startWorker();
  }
}

async function main(): Promise<number> {
  const keep = process.argv.includes("--keep");
  Object.assign(process.env, environment(ports()));
  let good: boolean;
  try {
    act(
      "The platform: Kafka, HDFS, YARN, Spark, Hive metastore, MariaDB, Temporal",
    );
    await reset(() => undefined);
    await up(say);
    say(`Web UI  ${process.env["SISYPHUS_WEB_UI"]}/workflows`);

    act("The weeks before July 5, 2018");
    await startWorker();
    const client = await connectClient();
    let foreseen = false;
    await incident(say, async () => {
      const low = await headroom(client, STORY.foreseen);
      const seconds = new Set(
        TOPICS.filter((t) => t.seconds).map((t) => topicOf(t.schema)),
      );
      foreseen = low.length > 0 && low.every((h) => seconds.has(h.topic));
      say(
        paint(
          "yellow",
          `June 25  the headroom audit that a schedule runs every ten minutes would have warned here, before anything was lost: ${low.length} topics`,
        ),
      );
      if (low[0]) say(`         ${low[0].topic}: ${low[0].why}`);
    });

    act("The audit finds it");
    await headroom(client, STORY.noticed);
    const before = await audit(client, "audit/2018-07-05T05");
    const exact = await compare(before);
    say(
      `${before.incidents.length} incidents are open: ${process.env["SISYPHUS_WEB_UI"]}/workflows?query=WorkflowType%3D%22topicIncident%22`,
    );
    say(`for example ${webLink("incident/eventlogging_CentralAuth")}`);

    act("The saga repairs it");
    const id = "backfill/july-5";
    const handle = await client.workflow.start("backfill", {
      workflowId: id,
      taskQueue: "control",
      args: [{ ...RANGE, asOf: STORY.noticed }],
      staticSummary: "Repairs the incident of July 5-9, 2018",
    });
    say(`saga ${webLink(id, handle.firstExecutionRunId)}`);
    const plan = await until(
      "the plan",
      120,
      async () =>
        (
          await handle
            .query<BackfillProgress>("progress")
            .catch(() => undefined)
        )?.plan,
      250,
    );
    say(
      `plan: ${plan.topicHours} topic-hours of ${plan.topics.length} topics, ${plan.lostOffsets} offsets deleted unread, ${plan.flags} flags to clear; digest ${plan.digest.slice(0, 12)}`,
    );
    await handle.executeUpdate("approve", { args: [plan.digest] });
    say("an operator approves this very plan");
    const result = await follow(client, id);

    act("The audit again");
    const after = await audit(client, "audit/2018-07-05T05-after");
    say(`${after.broken.length} topics are broken`);

    act("The proof");
    if (!("numbers" in result))
      throw new Error(
        `the saga ended without a report: ${JSON.stringify(result)}`,
      );
    const n = result.numbers;
    const outside = await checkFromOutside();
    const proof: [string, string | number, boolean][] = [
      [
        "headroom warned of the drifted topics before the loss, and of no other",
        foreseen ? "yes" : "no",
        foreseen,
      ],
      [
        "the audit named every broken topic-hour and no other",
        exact ? "yes" : "no",
        exact,
      ],
      ["events lost (by the generator)", outside.lost, true],
      [
        "offsets deleted unread = messages found",
        `${n.lostOffsets} = ${n.found.messages}`,
        n.lostOffsets === n.found.messages,
      ],
      [
        "events replayed (read back by the saga)",
        n.replayed.landed,
        n.replayed.landed === outside.lost,
      ],
      [
        "lost events that Kafka holds exactly once",
        outside.replayedOnce,
        outside.replayedOnce === outside.lost,
      ],
      [
        "produced twice",
        outside.replayedTwice + n.replayed.twice,
        outside.replayedTwice + n.replayed.twice === 0,
      ],
      ["replayed though not lost", outside.needless, outside.needless === 0],
      ["flags removed", n.flagsRemoved, n.flagsRemoved > 0],
      [
        "partitions re-refined",
        n.refine.finished,
        n.refine.failed.length === 0 && n.refine.unexplained.length === 0,
      ],
      [
        "events with exactly one row",
        `${outside.rowOnce} of ${outside.produced}`,
        outside.rowOnce === outside.produced,
      ],
      ["duplicates", outside.rowTwice, outside.rowTwice === 0],
      [
        "geocoded, of rows with an ip",
        `${((100 * outside.geocoded) / Math.max(1, outside.withIp)).toFixed(1)} %`,
        outside.geocoded === outside.withIp,
      ],
      [
        "topic-hours not whole after it",
        after.broken.length,
        after.broken.length === 0,
      ],
      [
        "the saga's own report",
        result.holds ? "holds" : "does not hold",
        result.holds,
      ],
    ];
    good = proof.every(([, , ok]) => ok);
    console.log(
      `\n${table(
        ["", "what", "measured"],
        proof.map(([what, value, ok]) => [
          ok ? paint("green", "ok") : paint("red", "NO"),
          what,
          value,
        ]),
      )}\n`,
    );
    say(`report ${result.report} on HDFS`);
    say(
      good
        ? paint("green", "the proof holds")
        : paint("red", "the proof does NOT hold"),
    );
    await client.connection.close();
  } finally {
    if (keep) {
      say(
        `everything stays up: source ${CONFIG_FILE.replace("sisyphus.yaml", "env.sh")}, then npx sisyphus --help; npx sandbox down ends it`,
      );
    } else {
      await down(say);
    }
  }
  return good ? 0 : 1;
}

// Ctrl-C ends what was started, too.
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => {
    say(`${name}: stopping the sandbox`);
    void down(() => undefined).finally(() => process.exit(130));
  });
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(`demo: ${error.message}`);
    process.exit(1);
  },
);
