import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { enterSandbox, environment } from "../sandbox/platform/config";
import { CACHE, ROOT } from "../sandbox/platform/paths";
import { ports } from "../sandbox/platform/ports";
import { setup } from "../sandbox/platform/setup";
import { STORY, topicOf } from "../sandbox/incident/story";
import { connectClient } from "../workers/connection";

/** Stores the histories of a demo that was left up (`npm run demo -- --keep`), for the replay tests of later versions; a workflow a file. */
const WANTED: Record<string, string> = {
  "hourly-audit": "audit/2018-07-05T05",
  "topic-incident": "incident/eventlogging_CentralAuth",
  backfill: "backfill/july-5",
  "fan-out": "backfill/july-5/replay",
  "backfill-shard": "backfill/july-5/replay/0001",
  "alert-desk": "alerts",
  "headroom-audit": `headroom/${STORY.noticed}`,
  canary: "canary/history",
  "explain-hour": "explain/history",
  preflight: "preflight/history",
  leases: "leases",
};

/** What the demo does not start. */
async function startOthers(): Promise<void> {
  const client = await connectClient();
  await client.workflow.execute("canary", {
    workflowId: WANTED["canary"]!,
    taskQueue: "control",
    args: [{ asOf: STORY.noticed }],
  });
  await client.workflow.execute("explainHour", {
    workflowId: WANTED["explain-hour"]!,
    taskQueue: "control",
    args: [
      {
        topic: topicOf("CentralAuth"),
        hour: STORY.lost[0],
        asOf: STORY.noticed,
      },
    ],
  });
  await client.workflow.execute("preflight", {
    workflowId: WANTED["preflight"]!,
    taskQueue: "control",
    args: [{ topics: [topicOf("CentralAuth")] }],
  });
  await client.connection.close();
}

/** Machine paths and identities are nobody's business; payloads carry them in base64. */
function scrub(value: unknown, key = ""): unknown {
  const clean = (text: string) =>
    text.replaceAll(ROOT, "/sisyphus").replaceAll(CACHE, "/cache");
  if (typeof value === "string") {
    if (key === "identity") return "worker";
    return key === "data"
      ? Buffer.from(
          clean(Buffer.from(value, "base64").toString("utf8")),
        ).toString("base64")
      : clean(value);
  }
  if (Array.isArray(value)) return value.map((item) => scrub(item));
  if (value !== null && typeof value === "object")
    return Object.fromEntries(
      Object.entries(value).map(([k, v]) => [k, scrub(v, k)]),
    );
  return value;
}

async function main(version: string): Promise<void> {
  const { temporal } = await setup(() => undefined);
  enterSandbox();
  await startOthers();
  for (const [name, id] of Object.entries(WANTED)) {
    const shown = execFileSync(
      temporal,
      ["workflow", "show", "--workflow-id", id, "--output", "json"],
      {
        env: { ...process.env, ...environment(ports()) },
        maxBuffer: 1 << 28,
      },
    );
    writeFileSync(
      join(ROOT, "test", "histories", `${name}-${version}.json`),
      JSON.stringify(scrub(JSON.parse(shown.toString("utf8")))),
    );
  }
}

const { version } = JSON.parse(
  readFileSync(join(ROOT, "package.json"), "utf8"),
) as { version: string };
main(version).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
