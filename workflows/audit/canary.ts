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
import { CANARY_STAGES, type CanaryState } from "../../domain/audit/canary";

export const canaryProgress = defineQuery<CanaryState>("progress");

/** Produces one marked event per canary topic and follows it through every stage, recording how long each took. */
export async function canary(raw: unknown): Promise<CanaryState> {
  const input = parseInput(canaryInput, raw ?? {});
  const hour =
    input.hour ?? hourOf(input.asOf ? Date.parse(input.asOf) : Date.now());
  const state: CanaryState = { hour, seconds: {}, lost: [] };
  setHandler(canaryProgress, () => state);
  const { deadlineHours } = await control.read.canarySettings();
  const canaries = await control.read.produceCanaries({ hour });
  const began = Date.now();
  const deadline = began + deadlineHours * HOUR_MS;
  const topics = canaries.map((c) => c.topic).sort();
  setAttributes({ topics, phase: "following" });
  const left = () =>
    canaries.filter((c) => state.seconds[c.topic]?.queryable === undefined);
  while (left().length > 0 && Date.now() < deadline) {
    const reached = await control.read.followCanaries({
      hour,
      canaries: left(),
    });
    const passed = Math.round((Date.now() - began) / 1000);
    for (const [topic, stage] of Object.entries(reached)) {
      const seconds = (state.seconds[topic] ??= {});
      for (const s of CANARY_STAGES.slice(0, CANARY_STAGES.indexOf(stage) + 1))
        seconds[s] ??= passed;
    }
    show(state);
    if (left().length > 0)
      await condition(() => false, `${input.pollSeconds} seconds`);
  }
  state.lost = left().map((c) => c.topic);
  setAttributes({ phase: state.lost.length > 0 ? "lost" : "arrived" });
  show(state);
  await control.read.saveCanary({ hour, seconds: state.seconds });
  await control.read.raise(
    state.lost.map((topic) => ({
      kind: "canary" as const,
      subject: topic,
      cause: `stuck after ${CANARY_STAGES.findLast((s) => state.seconds[topic]?.[s] !== undefined) ?? "nothing"}`,
      level: "error" as const,
      text: `the canary of ${hour} did not become queryable within ${deadlineHours} h`,
    })),
  );
  return state;
}

function show(state: CanaryState): void {
  setCurrentDetails(
    [
      `Canaries of ${state.hour}: seconds from production to each stage`,
      "",
      `| topic | ${CANARY_STAGES.join(" | ")} |`,
      `| --- |${CANARY_STAGES.map(() => " --: |").join("")}`,
      ...Object.entries(state.seconds).map(
        ([topic, s]) =>
          `| ${topic} | ${CANARY_STAGES.map((x) => s[x] ?? "–").join(" | ")} |`,
      ),
    ].join("\n"),
  );
}
