import { heartbeat, sleep } from "@temporalio/activity";
import { fatal } from "../../clients/errors";
import type { Kafka, Offsets } from "../../clients/kafka/kafka";
import {
  hasMoved,
  type Logs,
  standingIn,
} from "../../domain/backfill/import-progress";
import type { ImporterState } from "../../importers/importer";

/** What Kafka holds of some topics. */
export async function logsIn(
  kafka: Pick<Kafka, "offsets">,
  topics: string[],
): Promise<Logs> {
  const logs = new Map<string, Offsets[]>();
  for (const topic of topics) {
    heartbeat({ offsets: topic });
    logs.set(topic, await kafka.offsets(topic));
  }
  return logs;
}

const POLL_MS = 2000;

/** How it waits, and what time it is to it, ms. */
type Clock = {
  pause: (ms: number) => Promise<unknown>;
  now: () => number;
};
const CLOCK: Clock = { pause: sleep, now: () => performance.now() };

/**
 * Waits for an importer that always runs, which stands for one run of another: until it has passed the end that each partition's log had, or has
 * moved in none of them for as long as it may when it has something to write.
 * @throws ApplicationFailure "ApplicationFailed" where the importer says that it stands still: somebody has to do something
 */
export async function followImporter(
  about: {
    topics: string[];
    logs: Logs;
    state: () => Promise<ImporterState>;
    quietMs: number;
  },
  clock = CLOCK,
): Promise<void> {
  const { topics, logs, state, quietMs } = about;
  let before: ImporterState["positions"] | undefined;
  let since = clock.now();
  for (;;) {
    const { positions, standstill } = await state();
    if (standstill !== undefined) throw fatal("ApplicationFailed", standstill);
    if (standsAtEnd(logs, positions)) return;
    if (before && hasMoved(topics, before, positions)) since = clock.now();
    before = positions;
    if (clock.now() - since >= quietMs) return;
    heartbeat({ waitingFor: "the importer, which always runs" });
    await clock.pause(POLL_MS);
  }
}

const standsAtEnd = (
  logs: Logs,
  positions: ImporterState["positions"],
): boolean => {
  const stands = [...standingIn(logs, positions).values()];
  const ends = [...logs.values()].flat();
  return ends.every(({ low, high }, i) => {
    const at = stands[i];
    return low === high || (at !== undefined && BigInt(at) >= BigInt(high));
  });
};
