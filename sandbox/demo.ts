import { parseArgs } from "node:util";
import type { Client } from "@temporalio/client";
import { webLink } from "../cli/client";
import { paint } from "../cli/output";
import type { BackfillProgress } from "../domain/backfill/progress";
import type { BackfillResult } from "../domain/backfill/report";
import { connectClient } from "../workers/connection";
import { lowHeadroom, namesWhatIsBroken, runAudit } from "./demo/audit";
import { followSaga } from "./demo/follow";
import { act, say } from "./demo/print";
import { proofOf, proofText } from "./demo/proof";
import { incident } from "./incident/incident";
import { STORY, topicOf, TOPICS } from "./incident/story";
import { checkFromOutside } from "./incident/truth";
import { CONFIG_FILE, enterSandbox } from "./platform/config";
import { down, reset, up } from "./platform/up";
import { BRIEF_SECONDS } from "./secured/kdc";
import { failOver } from "./secured/fail-over";
import { secure } from "./secured/secure";
import { until } from "./platform/wait";
import { startWorker } from "./platform/worker";

/**
 * The incident of July 5 to 9, 2018, from the first warning to the proof that it is repaired.
 *
 *   npm run demo              ends the sandbox afterwards
 *   npm run demo -- --keep    leaves everything up
 *   npm run demo -- --secure  on a cluster with Kerberos, TLS and ACLs, of which the active NameNode is killed
 */
const SAGA = "backfill/july-5";
const RANGE = { since: STORY.drifted[0]!, until: "2018-07-05T05" };

/** @returns whether the proof holds */
async function story(isSecure: boolean): Promise<boolean> {
  act(
    "The platform: Kafka, HDFS, YARN, Spark, Hive metastore, MariaDB, Temporal",
  );
  await reset(() => undefined);
  if (isSecure) secure();
  await up(say);
  enterSandbox();
  if (isSecure) say(`each of Sisyphus' tickets ends after ${BRIEF_SECONDS} s`);
  say(`Web UI  ${process.env["SISYPHUS_WEB_UI"]}/workflows`);

  act("The weeks before July 5, 2018");
  await startWorker();
  const client = await connectClient();
  let foreseen = false;
  await incident(say, async () => {
    foreseen = await warnsBeforeTheLoss(client);
  });

  act("The audit finds it");
  await lowHeadroom(client, STORY.noticed);
  const before = await runAudit(client, "audit/2018-07-05T05");
  const exact = await namesWhatIsBroken(before);
  say(
    `${before.incidents.length} incidents are open: ${process.env["SISYPHUS_WEB_UI"]}/workflows?query=WorkflowType%3D%22topicIncident%22`,
  );
  say(`for example ${webLink("incident/eventlogging_CentralAuth")}`);

  act("The saga repairs it");
  await startSaga(client);
  const result = await followSaga(
    client,
    SAGA,
    isSecure ? failOver : undefined,
  );

  act("The audit again");
  const after = await runAudit(client, "audit/2018-07-05T05-after");
  say(`${after.broken.length} topics are broken`);

  act("The proof");
  const good = await prove(foreseen, exact, result, after.broken.length);
  await client.connection.close();
  return good;
}

/** Asks for headroom on June 25. @returns whether it warns of the topics that will lose events, and of no other */
async function warnsBeforeTheLoss(client: Client): Promise<boolean> {
  const low = await lowHeadroom(client, STORY.foreseen);
  const seconds = new Set(
    TOPICS.filter((t) => t.seconds).map((t) => topicOf(t.schema)),
  );
  say(
    paint(
      "yellow",
      `June 25  the headroom audit that a schedule runs every ten minutes would have warned here, before anything was lost: ${low.length} topics`,
    ),
  );
  const others = low.filter((h) => !seconds.has(h.topic));
  // One of them shows what a warning says; of those that should not be there, each does.
  for (const { topic, why } of others.length > 0 ? others : low.slice(0, 1))
    say(`         ${topic}: ${why}`);
  return low.length > 0 && others.length === 0;
}

/** Starts the saga and approves its plan, as an operator who has read it would. */
async function startSaga(client: Client): Promise<void> {
  const handle = await client.workflow.start("backfill", {
    workflowId: SAGA,
    taskQueue: "control",
    args: [{ ...RANGE, asOf: STORY.noticed }],
    staticSummary: "Repairs the incident of July 5-9, 2018",
  });
  say(`saga ${webLink(SAGA, handle.firstExecutionRunId)}`);
  const plan = await until(
    "the plan",
    120,
    async () =>
      (await handle.query<BackfillProgress>("progress").catch(() => undefined))
        ?.plan,
    250,
  );
  say(
    `plan: ${plan.topicHours} topic-hours of ${plan.topics.length} topics, ${plan.lostOffsets} offsets deleted unread, ${plan.flags} flags to clear; digest ${plan.digest.slice(0, 12)}`,
  );
  await handle.executeUpdate("approve", { args: [plan.digest] });
  say("an operator approves this very plan");
}

/** Prints what was measured. @returns whether all of it is as it must be */
async function prove(
  foreseen: boolean,
  exact: boolean,
  result: BackfillResult,
  stillBroken: number,
): Promise<boolean> {
  if (!("numbers" in result))
    throw new Error(
      `the saga ended without a report: ${JSON.stringify(result)}`,
    );
  const outside = await checkFromOutside();
  const proof = proofOf({ foreseen, exact, result, outside, stillBroken });
  const good = proof.every(([, , isRight]) => isRight);
  console.log(`\n${proofText(proof)}\n`);
  say(`report ${result.report} on HDFS`);
  say(
    good
      ? paint("green", "the proof holds")
      : paint("red", "the proof does NOT hold"),
  );
  return good;
}

async function main(): Promise<number> {
  const { keep, secure: isSecure } = parseArgs({
    options: { keep: { type: "boolean" }, secure: { type: "boolean" } },
  }).values;
  try {
    return (await story(isSecure ?? false)) ? 0 : 1;
  } finally {
    if (keep) {
      say(
        `everything stays up: source ${CONFIG_FILE.replace("sisyphus.yaml", "env.sh")}, then npx sisyphus --help; npx sandbox down ends it`,
      );
    } else {
      await down(say);
    }
  }
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
