import { type Hour, hourStart, HOUR_MS } from "../../lib/hour";
import type { Finding } from "../backfill/plan";

/** What went wrong in hours that lie close together, in one way. */
export type Chapter = {
  from: Hour;
  /** The last hour, included. */
  to: Hour;
  verdict: Finding["verdict"];
  cause: string;
  topics: number;
  topicHours: number;
  /** One finding's reason. */
  why: string;
};

/** Hours further apart are another chapter. */
const APART_MS = 12 * HOUR_MS;

/** An incident's findings as its timeline: each way in which hours went wrong, from the earliest on. */
export function storyOf(findings: readonly Finding[]): Chapter[] {
  const ways = new Map<string, Finding[]>();
  for (const f of findings) {
    const key = `${f.verdict} ${f.cause ?? ""}`;
    const way = ways.get(key);
    if (way) way.push(f);
    else ways.set(key, [f]);
  }
  const chapters: Chapter[] = [];
  for (const way of ways.values()) {
    const sorted = [...way].sort((a, b) =>
      a.hour < b.hour ? -1 : a.hour > b.hour ? 1 : 0,
    );
    let run: Finding[] = [];
    const close = () => {
      const first = run[0];
      if (!first) return;
      chapters.push({
        from: first.hour,
        to: run.at(-1)!.hour,
        verdict: first.verdict,
        cause: first.cause ?? "unknown",
        topics: new Set(run.map((f) => f.topic)).size,
        topicHours: run.length,
        why: first.why,
      });
      run = [];
    };
    for (const f of sorted) {
      const before = run.at(-1);
      if (before && hourStart(f.hour) - hourStart(before.hour) > APART_MS)
        close();
      run.push(f);
    }
    close();
  }
  return chapters.sort((a, b) =>
    a.from === b.from
      ? a.verdict < b.verdict
        ? -1
        : 1
      : a.from < b.from
        ? -1
        : 1,
  );
}
