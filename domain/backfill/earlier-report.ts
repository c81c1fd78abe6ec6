import { z } from "zod";
import type { Hour } from "../../lib/hour";
import { topicHourKey } from "../../lib/keys";

/** What a repair takes from the report of an earlier saga; reports of every version have it, except for what is optional. */
export const earlierReport = z.object({
  plan: z.object({
    digest: z.string(),
    topics: z.array(z.object({ topic: z.string(), table: z.string() })),
  }),
  after: z.array(
    z.object({
      topic: z.string(),
      cells: z.record(z.string(), z.string()),
    }),
  ),
  refine: z.object({
    failed: z.array(z.string()),
    unexplained: z.array(z.string()),
    logs: z
      .object({
        notWhole: z.array(z.object({ partition: z.string() })),
      })
      .optional(),
  }),
  verified: z.object({ problems: z.array(z.string()) }),
  leftOut: z
    .array(z.object({ topic: z.string(), hour: z.string() }))
    .optional(),
});
type EarlierReport = z.infer<typeof earlierReport>;

/**
 * The topic-hours that a saga's report does not prove to be whole, as `<topic> <hour>`: those against which its verification found
 * something, those of topics that were skipped, those that its Refine failed to write, and those that its own plan left out.
 */
export function notWhole({
  after,
  plan,
  refine,
  verified,
  leftOut = [],
}: EarlierReport): Set<string> {
  const failed = [
    ...refine.failed,
    ...refine.unexplained,
    ...(refine.logs?.notWhole ?? []).map(({ partition }) => partition),
  ];
  const tables = new Map(plan.topics.map((t) => [t.topic, t.table]));
  const isWhole = (topic: string, hour: Hour, verdict: string): boolean =>
    // What nothing was found against is complete in this grid, whatever it was before.
    verdict === "complete" &&
    // Refine names a partition by its table, `event.edit 2018-07-05T03`.
    !failed.some((name) => name.endsWith(`.${tables.get(topic)} ${hour}`)) &&
    !verified.problems.some((problem) =>
      problem.startsWith(topicHourKey(topic, hour)),
    );
  return new Set([
    ...after.flatMap(({ topic, cells }) =>
      Object.entries(cells)
        .filter(([hour, verdict]) => !isWhole(topic, hour, verdict))
        .map(([hour]) => topicHourKey(topic, hour)),
    ),
    ...leftOut.map(({ topic, hour }) => topicHourKey(topic, hour)),
  ]);
}
