import { readFileSync } from "node:fs";
import {
  type Client,
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from "@temporalio/client";
import type { Command } from "commander";
import { parse } from "yaml";
import {
  type ScheduleSpec,
  schedulesFile,
} from "../../domain/settings/schedules";
import { DEFAULT_SCHEDULES } from "../../temporal-config/schedules";
import { check, withClient } from "../client";
import { controlQueue, scoped } from "../pipeline";
import { print, table } from "../output";
import { warningOfWorkers } from "../require-workers";
import { canonicalJson } from "../../lib/canonical-json";
import { HOUR_MS, DAY_MS } from "../../lib/hour";

type Options = { asOf?: string; paused?: boolean; json?: boolean };

const OVERLAP = {
  skip: ScheduleOverlapPolicy.SKIP,
  "buffer-one": ScheduleOverlapPolicy.BUFFER_ONE,
  "allow-all": ScheduleOverlapPolicy.ALLOW_ALL,
} as const;

const UNIT = { minute: 60_000, hour: HOUR_MS, day: DAY_MS };
function milliseconds(text: string): number {
  const [n, unit] = text.split(" ");
  return Number(n) * UNIT[unit!.replace(/s$/, "") as keyof typeof UNIT];
}

function wanted(file: string | undefined, o: Options): ScheduleSpec[] {
  const given: unknown =
    file === undefined ? DEFAULT_SCHEDULES : parse(readFileSync(file, "utf8"));
  const { schedules } = check(schedulesFile, given);
  return schedules.map((s) => ({
    ...s,
    id: scoped(s.id),
    paused: o.paused ?? s.paused,
    input: o.asOf ? { ...s.input, asOf: o.asOf } : s.input,
  }));
}

const optionsOf = (s: ScheduleSpec) =>
  ({
    scheduleId: s.id,
    spec: { calendars: s.minutes.map((minute) => ({ minute, hour: "*" })) },
    policies: {
      overlap: OVERLAP[s.overlap],
      catchupWindow: milliseconds(s.catchupWindow),
    },
    action: {
      type: "startWorkflow",
      workflowType: s.workflow,
      workflowId: scoped(
        {
          hourlyAudit: "audit/hourly",
          headroomAudit: "headroom",
          canary: "canary/hourly",
        }[s.workflow],
      ),
      taskQueue: controlQueue(),
      args: [s.input],
    },
    state: { paused: s.paused },
  }) satisfies ScheduleOptions;

/** What people compare: the fields a file sets. */
const shown = (s: ScheduleSpec) => ({
  workflow: s.workflow,
  minutes: [...s.minutes].sort((a, b) => a - b),
  overlap: OVERLAP[s.overlap],
  catchup: milliseconds(s.catchupWindow),
  paused: s.paused,
  input: s.input,
});
const live = (d: ScheduleDescription) => ({
  workflow: d.action.workflowType,
  minutes: (d.spec.calendars ?? [])
    .flatMap((c) => (c.minute ?? []).map((m) => m.start))
    .sort((a, b) => a - b),
  overlap: d.policies.overlap,
  catchup: d.policies.catchupWindow,
  paused: d.state.paused,
  input: d.action.args?.[0] ?? {},
});

type Difference = { id: string; field: string; live: string; file: string };

async function differences(
  client: Client,
  schedules: ScheduleSpec[],
): Promise<Difference[]> {
  const found: Difference[] = [];
  for (const s of schedules) {
    const described = await client.schedule
      .getHandle(s.id)
      .describe()
      .catch((error: unknown) => {
        if (error instanceof ScheduleNotFoundError) return undefined;
        throw error;
      });
    const now: Record<string, unknown> = described ? live(described) : {};
    for (const [field, value] of Object.entries(shown(s))) {
      const [a, b] = [canonicalJson(now[field] ?? null), canonicalJson(value)];
      if (a !== b)
        found.push({
          id: s.id,
          field,
          live: described ? a : "absent",
          file: b,
        });
    }
  }
  return found;
}

export function addCommands(command: Command): void {
  const withFile = (name: string, description: string) =>
    command
      .command(`${name} [file]`)
      .description(
        `${description}; without a file: hourly audit, headroom audit every ten minutes, hourly canary`,
      )
      .option(
        "--as-of <time>",
        "a fixed as-of time (for the sandbox, whose calendar stands in 2018)",
      )
      .option("--paused", "leave them paused");
  withFile("apply", "create or update schedules from a YAML file").action(
    async (file: string | undefined, o: Options) => {
      const schedules = wanted(file, o);
      await withClient(async (client) => {
        for (const s of schedules) {
          const options = optionsOf(s);
          const handle = client.schedule.getHandle(s.id);
          try {
            await handle.update((previous) => ({
              ...previous,
              ...options,
              state: { ...previous.state, ...options.state },
            }));
            print(`updated ${s.id}`);
          } catch (error) {
            if (!(error instanceof ScheduleNotFoundError)) throw error;
            await client.schedule.create(options);
            print(`created ${s.id}`);
          }
        }
        // They are kept all the same: workers may be started later.
        const warning = await warningOfWorkers(client);
        if (warning) console.error(warning);
      });
    },
  );
  withFile(
    "diff",
    "how the live schedules differ from a file; exit code 3 where they do",
  )
    .option("--json", "print JSON")
    .action(async (file: string | undefined, o: Options) => {
      const schedules = wanted(file, o);
      await withClient(async (client) => {
        const found = await differences(client, schedules);
        if (o.json) print(found);
        else
          print(
            found.length === 0
              ? "no difference"
              : table(
                  ["schedule", "field", "live", "file"],
                  found.map((d) => [d.id, d.field, d.live, d.file]),
                ),
          );
        if (found.length > 0) process.exitCode = 3;
      });
    });
}
