import type { Jobs } from "../../../clients/commands";
import type { MemoryCamus } from "./camus";
import { call, outside } from "./faults";
import type { MemorySchedules } from "./schedules";
import type { MemoryYarn } from "./systems";

/** What an importer is named at YARN. */
const IMPORTER = "camus";

const after = (ms: number) => new Promise((done) => setTimeout(done, ms));

type Platform = {
  yarn: MemoryYarn;
  camus: MemoryCamus;
  /** One run of Refine over everything that is due. */
  refine: () => void;
  schedules: MemorySchedules;
  random: () => number;
};

/** Runs Camus: its driver has an application run at YARN, and publishes what that has pulled once it has ended. */
export async function runCamus(
  { yarn, camus, random }: Pick<Platform, "yarn" | "camus" | "random">,
  run: { tag: string; topics?: string[]; moves: boolean },
): Promise<void> {
  const finish = camus.begin(run.topics, run.moves);
  // What YARN does not show yet.
  await after(20 + random() * 100);
  await yarn.run(IMPORTER, run.tag, 50 + random() * 300);
  await after(20 + random() * 100);
  finish();
}

/** A host with a process table of its own. A process runs on when the attempt that started it has died. */
export class MemoryHost {
  private readonly processes = new Set<string>();

  constructor(private readonly platform: Platform) {}

  readonly jobs: Jobs = {
    prepare: async () => undefined,
    driverRuns: (text) =>
      [...this.processes].some((line) => line.includes(text)),
    runCommand: async (argv, _signal) => {
      let ended: Promise<void> | undefined;
      await call(() => {
        ended = outside(() => this.begin(argv));
      }, true);
      await ended;
      return call(() => ({ code: 0, output: "" }));
    },
  };

  private async begin(argv: string[]): Promise<void> {
    const line = argv.join(" ");
    this.processes.add(line);
    await this.run(argv);
    this.processes.delete(line);
  }

  private async run(argv: string[]): Promise<void> {
    const { yarn, refine, schedules, random } = this.platform;
    const [program, job] = argv;
    if (program === "hold") return schedules.hold(job!);
    if (program === "release") return schedules.release(job!);
    const setting = (name: string) =>
      argv
        .find((a) => a.includes(`${name}=`))
        ?.split("=")
        .at(-1) ?? "";
    if (program === "spark-submit") {
      await after(20 + random() * 400);
      void yarn.run(
        "refine_x",
        setting("spark.yarn.tags"),
        50 + random() * 800,
        refine,
      );
    } else
      await runCamus(this.platform, {
        tag: setting("mapreduce.job.tags"),
        topics: setting("kafka.whitelist.topics").split(",").filter(Boolean),
        moves: true,
      });
  }
}
