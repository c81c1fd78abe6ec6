import type { GobblinState } from "../../formats/gobblin/dataset-state";
import { timeOfRun } from "../../formats/gobblin/gobblin-file-name";
import { mapPool } from "../../lib/map-pool";
import type { TimeZone } from "../../lib/time-zone";
import type { ImporterRun, ImporterState } from "../importer";
import { takenBackIn, withoutTakenBack } from "../taken-back";
import { advancesIn, endsOf, positionsIn } from "./advances";
import { type GobblinStateStore, READERS, type Series } from "./state-store";

/** What Gobblin's runs say of themselves, put together from the jobs and datasets that keep files of their own. */
export class GobblinRuns {
  constructor(
    private readonly store: GobblinStateStore,
    private readonly zone: Pick<TimeZone, "utcOf">,
  ) {}

  /** Where the next runs begin. Of a partition that two jobs read, the one that is further counts. */
  async state(): Promise<ImporterState> {
    const series = await this.store.series();
    const newest = await mapPool(series, READERS, (one) =>
      this.store.newest(one),
    );
    const state: ImporterState = {
      positions: new Map(),
      lastRuns: new Map(),
      problems: newest.flatMap((read) =>
        read && "problem" in read ? [read.problem] : [],
      ),
    };
    for (const read of newest)
      if (read && "states" in read) this.addTo(state, read.states);
    return state;
  }

  /** Runs that are not older than a time (epoch ms), oldest first; what datasets of one run say is one run. */
  async runs(since: number): Promise<ImporterRun[]> {
    const runs = new Map<string, ImporterRun>();
    const series = await this.store.series();
    for (const some of await mapPool(series, READERS, (one) =>
      this.runsOf(one, since),
    ))
      for (const run of some) {
        const known = runs.get(run.name);
        runs.set(run.name, known ? together(known, run) : run);
      }
    return withoutTakenBack([...runs.values()].sort((a, b) => a.time - b.time));
  }

  private addTo(state: ImporterState, states: GobblinState[]): void {
    for (const { jobId, tasks, writtenBy } of states) {
      const time = timeOfRun(jobId);
      if (!Number.isSafeInteger(time)) continue;
      if (state.lastRun === undefined || time > state.lastRun) {
        state.lastRun = time;
        state.run = jobId;
      }
      for (const { topic } of tasks)
        state.lastRuns!.set(
          topic,
          Math.max(time, state.lastRuns!.get(topic) ?? 0),
        );
      for (const [key, { time: until, ...offset }] of positionsIn(
        tasks,
        time,
        this.zone,
      )) {
        // Who has put a position somewhere has imported nothing.
        const position =
          until === undefined || writtenBy !== undefined
            ? offset
            : { ...offset, time: until };
        const known = state.positions.get(key);
        if (!known || BigInt(position.offset) > BigInt(known.offset))
          state.positions.set(key, position);
      }
    }
  }

  private async runsOf({ files }: Series, since: number) {
    const first = files.findIndex(({ time }) => time >= since);
    if (first === -1) return [];
    // The run before the first tells whether that one jumped.
    const wanted = files.slice(Math.max(0, first - 1));
    const read = await mapPool(wanted, READERS, (file) => this.store.run(file));
    return wanted.flatMap((file, i): ImporterRun[] => {
      if (file.time < since) return [];
      const found = read[i]!;
      const before = i === 0 ? undefined : read[i - 1]!;
      const ends =
        before === undefined
          ? new Map()
          : "states" in before
            ? endsOf(before.states, wanted[i - 1]!.time)
            : undefined;
      return [
        {
          name: file.run,
          time: file.time,
          endedAt: file.mtime,
          advances:
            "states" in found
              ? advancesIn(
                  found.states,
                  { name: file.run, time: file.time },
                  ends,
                  this.zone,
                )
              : new Map(),
          ...("problem" in found
            ? { problems: [found.problem], unknown: found.problem }
            : sayingWhatWasTakenBack(file.path, found.states)),
        },
      ];
    });
  }
}

/** What a state that Sisyphus wrote itself takes back of the runs before it. */
function sayingWhatWasTakenBack(
  path: string,
  states: GobblinState[],
): Pick<ImporterRun, "problems" | "takenBack"> {
  try {
    const all = states.flatMap(({ writtenBy }) =>
      writtenBy === undefined ? [] : (takenBackIn(writtenBy) ?? []),
    );
    return { problems: [], ...(all[0] ? { takenBack: all[0] } : {}) };
  } catch (error) {
    return { problems: [`${path}: ${(error as Error).message}`] };
  }
}

/** A run of which several datasets keep a file each. */
function together(a: ImporterRun, b: ImporterRun): ImporterRun {
  const advances = new Map(a.advances);
  for (const [topic, some] of b.advances)
    advances.set(topic, [...(advances.get(topic) ?? []), ...some]);
  return {
    ...a,
    endedAt: Math.max(a.endedAt, b.endedAt),
    advances,
    problems: [...a.problems, ...b.problems],
    ...(a.unknown !== undefined || b.unknown !== undefined
      ? { unknown: [a, b].flatMap(({ unknown }) => unknown ?? []).join("; ") }
      : {}),
  };
}
