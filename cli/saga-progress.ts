import type { Client } from "@temporalio/client";
import { type BackfillProgress, STEP_SIGN } from "../domain/backfill/progress";
import { type Heartbeat, heartbeatText } from "./heartbeat-text";
import { paint, print, table } from "./output";

/**
 * Asks for the last heartbeat of every activity of a workflow that runs now, those of its child workflows included, by the activity's name.
 * What shards report side by side is merged.
 */
export async function heartbeats(
  client: Client,
  workflowId: string,
): Promise<Record<string, Heartbeat>> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const byActivity: Record<string, Heartbeat> = {};
  for (const activity of raw.pendingActivities ?? []) {
    const data = activity.heartbeatDetails?.payloads?.[0]?.data;
    // The payload is empty where an activity only says that it is alive.
    const progress =
      data && data.length > 0
        ? (JSON.parse(Buffer.from(data).toString("utf8")) as unknown)
        : undefined;
    const failure =
      activity.lastFailure?.cause?.message ?? activity.lastFailure?.message;
    byActivity[activity.activityType?.name ?? "?"] = {
      ...(progress === undefined ? {} : { progress }),
      ...(activity.attempt == null ? {} : { attempt: activity.attempt }),
      ...(failure ? { lastFailure: failure } : {}),
    };
  }
  for (const child of raw.pendingChildren ?? []) {
    // A child that has ended since it was listed reports nothing.
    const ofChild = await heartbeats(client, child.workflowId!).catch(
      (): Record<string, Heartbeat> => ({}),
    );
    for (const [name, heartbeat] of Object.entries(ofChild))
      byActivity[name] = mergeHeartbeats(byActivity[name], heartbeat);
  }
  return byActivity;
}

/**
 * Merges heartbeats of the same activity in two shards: numbers are added, of everything else the second is taken. Both work at the same
 * time, so that the longer of two waits counts.
 */
export function mergeHeartbeats(
  first: Heartbeat | undefined,
  second: Heartbeat,
): Heartbeat {
  if (!first) return second;
  if (!isRecord(first.progress) || !isRecord(second.progress))
    return { ...first, ...second };
  const progress = { ...first.progress, ...second.progress };
  for (const [key, value] of Object.entries(second.progress)) {
    const before = first.progress[key];
    if (typeof value !== "number" || typeof before !== "number") continue;
    progress[key] =
      key === "secondsLeft" ? Math.max(before, value) : before + value;
  }
  return { ...first, ...second, progress };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** Prints where a saga stands: its plan, its steps, what an abort has undone, and what its activities report. */
export function printProgress(
  progress: BackfillProgress,
  activities: Record<string, Heartbeat>,
): void {
  printPlan(progress);
  print(
    table(
      ["", "step", "state", "detail"],
      progress.steps.map(({ name, state, detail }) => [
        STEP_SIGN[state],
        name,
        state,
        detail ?? "",
      ]),
    ),
  );
  if (progress.paused)
    print(paint("yellow", "paused: sisyphus backfill resume NAME"));
  if (progress.skipped.length > 0)
    print(`skipped: ${progress.skipped.join(", ")}`);
  for (const line of progress.putBack ?? []) print(`put back: ${line}`);
  for (const line of progress.undone ?? []) print(`undone: ${line}`);
  for (const line of progress.remains ?? [])
    print(paint("yellow", `not undone: ${line}`));
  for (const [name, heartbeat] of Object.entries(activities))
    print(paint("gray", `${name}: ${heartbeatText(heartbeat)}`));
}

function printPlan({ plan, phase }: BackfillProgress): void {
  if (!plan) return;
  print(
    `${plan.topicHours} topic-hours of ${plan.topics.length} topics, ${plan.lostOffsets} offsets deleted unread, about ${plan.missing} events missing`,
  );
  print(`plan digest ${plan.digest}`);
  if (phase !== "approve") return;
  for (const { name, id, user, outdated } of plan.running ?? [])
    print(
      paint(
        "yellow",
        `runs now: ${name} (${id}), user ${user}${outdated ? `: ${outdated}` : ""}`,
      ),
    );
}
