import type { Grid } from "../audit/grid";
import type { Verdict } from "../audit/verdicts";
import { type Hour, inRange } from "../../lib/hour";
import { topicHourKey } from "../../lib/keys";
import type { Plan } from "./plan";

/** A topic-hour and its verdict; findings are such, too. */
export type JudgedHour = { topic: string; hour: Hour; verdict: Verdict };

/**
 * The planned topic-hours as a grid, one row for each topic in the plan's order, hours in the order of time.
 *
 * @param otherwise the verdict of planned hours that nobody has judged
 */
function plannedGrid(
  { range, topics }: Pick<Plan, "range" | "topics">,
  judged: JudgedHour[],
  otherwise: Verdict,
): Grid {
  const verdicts = new Map(
    judged.map((j) => [topicHourKey(j.topic, j.hour), j.verdict]),
  );
  return topics.map(({ topic, hours }) => ({
    topic,
    cells: Object.fromEntries(
      hours
        .filter((hour) => inRange(hour, range))
        .sort()
        .map((hour) => [
          hour,
          verdicts.get(topicHourKey(topic, hour)) ?? otherwise,
        ]),
    ),
  }));
}

/**
 * The grids of a backfill's report: the planned topic-hours as the plan found them, and as the verification left them. What the
 * verification found nothing against is complete. Topics that an operator skipped were not verified, and stand as the plan found them.
 *
 * @param findingsLeft what the verification still finds
 * @param skippedTopics topics that were skipped after the plan was made
 */
export function beforeAndAfter(
  plan: Pick<Plan, "range" | "topics" | "findings">,
  findingsLeft: JudgedHour[],
  skippedTopics: string[],
): { before: Grid; after: Grid } {
  const notVerified = plan.findings.filter((f) =>
    skippedTopics.includes(f.topic),
  );
  return {
    before: plannedGrid(plan, plan.findings, "empty"),
    after: plannedGrid(plan, [...findingsLeft, ...notVerified], "complete"),
  };
}
