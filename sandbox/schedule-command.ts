import { Argument, Command } from "commander";
import { wholeFrom } from "../scripts/whole";
import {
  keepSchedule,
  SCHEDULED,
  type Scheduled,
  scheduleStatus,
  startSchedules,
  steerSchedule,
  stopSchedules,
} from "./platform/schedule";

/** Seconds between two runs. */
const seconds = wholeFrom(1);

const job = () => new Argument("<job>", "whose schedule").choices(SCHEDULED);

/** The schedules of the importer and of Refine, as cron has them elsewhere. */
export function scheduleCommand(say: (line: string) => void): Command {
  const command = new Command("schedule").description(
    "the importer and Refine, started again and again as by cron",
  );
  command
    .command("start")
    .description("put both on a schedule, or change it")
    .option(
      "--importer <seconds>",
      "how often the importer is due",
      seconds,
      60,
    )
    .option("--refine <seconds>", "how often Refine is due", seconds, 60)
    .action((every: Record<Scheduled, number>) => startSchedules(every));
  command
    .command("stop")
    .description("start no more runs; one that goes on is left to end")
    .action(() => stopSchedules());
  for (const what of ["hold", "release"] as const)
    command
      .command(what)
      .description(
        what === "hold"
          ? "start no new run until the schedule is released"
          : "start runs again",
      )
      .addArgument(job())
      .action((which: Scheduled) => steerSchedule(what, which));
  command
    .command("status")
    .description("which schedules are on or held, and what they have done")
    .option("--json", "print JSON")
    .action((o: { json?: boolean }) => {
      const all = scheduleStatus();
      if (o.json) return say(JSON.stringify(all, null, 2));
      for (const s of all)
        say(
          `${s.job.padEnd(10)} ${(s.isOn ? "on" : "off").padEnd(4)} ${(s.isHeld ? "held" : "not held").padEnd(9)} ` +
            `${s.began} runs begun, ${s.passedOver} passed over${s.run === undefined ? "" : `, ${s.run} runs`}`,
        );
    });
  command
    .command("keep", { hidden: true })
    .description("what a schedule's process does")
    .addArgument(job())
    .argument("<seconds>", "how often it is due", seconds)
    .action((which: Scheduled, every: number) =>
      keepSchedule(which, every, say),
    );
  return command;
}
