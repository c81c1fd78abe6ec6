import {
  condition,
  defineQuery,
  setCurrentDetails,
  setHandler,
} from "@temporalio/workflow";
import { hourOf, HOUR_MS } from "../../lib/hour";
import { canaryInput } from "../../domain/settings/inputs";
import { control } from "../support/activities";
import { setAttributes } from "../support/attributes";
import { parseInput } from "../support/parse";
import {
  CANARY_STAGES,
  canaryStages,
  type CanaryStage,
  type CanaryState,
} from "../../domain/audit/canary";

export const canaryProgress = defineQuery<CanaryState>("progress");

/** Produces one marked event per canary topic and follows it through every stage, recording how long each took. */
export async function canary(raw: unknown): Promise<CanaryState> {
  const input = parseInput(canaryInput, raw ?? {});
  const hour =
    input.hour ?? hourOf(input.asOf ? Date.parse(input.asOf) : Date.now());
  const state: CanaryState = { hour, seconds: {}, lost: [] };
  setHandler(canaryProgress, () => state);

  const { deadlineHours, last = "queryable" } =
    await control.read.canarySettings();
  const canaries = await control.read.produceCanaries({ hour });
  const began = Date.now();
  const deadline = began + deadlineHours * HOUR_MS;
  const topics = canaries.map((produced) => produced.topic).sort();
  setAttributes({ topics, phase: "following" });

  const onTheWay = () =>
    canaries.filter(({ topic }) => state.seconds[topic]?.[last] === undefined);
  while (onTheWay().length > 0 && Date.now() < deadline) {
    const reached = await control.read.followCanaries({
      hour,
      canaries: onTheWay(),
    });
    record(state, reached, Math.round((Date.now() - began) / 1000));
    setCurrentDetails(details(state, last));
    if (onTheWay().length > 0)
      await condition(() => false, `${input.pollSeconds} seconds`);
  }

  state.lost = onTheWay().map(({ topic }) => topic);
  setAttributes({ phase: state.lost.length > 0 ? "lost" : "arrived" });
  setCurrentDetails(details(state, last));
  await control.read.saveCanary({ hour, seconds: state.seconds });
  await control.read.raise(
    state.lost.map((topic) => ({
      kind: "canary" as const,
      subject: topic,
      cause: `stuck after ${lastStage(state, topic) ?? "nothing"}`,
      level: "error" as const,
      text: `the canary of ${hour} did not ${last === "queryable" ? "become queryable" : "come into its raw hour"} within ${deadlineHours} h`,
    })),
  );
  return state;
}

/** Notes the seconds that passed until each topic's stage, and until the stages before it that nobody saw it in. */
function record(
  state: CanaryState,
  reached: Record<string, CanaryStage>,
  passed: number,
): void {
  for (const [topic, stage] of Object.entries(reached)) {
    const seconds = (state.seconds[topic] ??= {});
    const upTo = CANARY_STAGES.indexOf(stage) + 1;
    for (const each of CANARY_STAGES.slice(0, upTo)) seconds[each] ??= passed;
  }
}

/** The last stage in which a topic's canary was seen. */
const lastStage = (
  { seconds }: CanaryState,
  topic: string,
): CanaryStage | undefined =>
  CANARY_STAGES.findLast((stage) => seconds[topic]?.[stage] !== undefined);

/** What the Web UI shows: seconds by topic and stage. */
function details({ hour, seconds }: CanaryState, last: CanaryStage): string {
  const shown = canaryStages(last);
  return [
    `Canaries of ${hour}: seconds from production to each stage`,
    "",
    `| topic | ${shown.join(" | ")} |`,
    `| --- |${shown.map(() => " --: |").join("")}`,
    ...Object.entries(seconds).map(
      ([topic, stages]) =>
        `| ${topic} | ${shown.map((stage) => stages[stage] ?? "–").join(" | ")} |`,
    ),
  ].join("\n");
}
