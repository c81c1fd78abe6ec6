import { Command } from "commander";
import { deepest } from "./client";
import { choosePipeline } from "./pipeline";

const newProgram = () =>
  new Command("sisyphus")
    .description(
      "Hourly audits of every topic, and durable repairs of what they find",
    )
    .showHelpAfterError("(--help shows what is allowed)")
    .addHelpText(
      "after",
      `
Where the configuration has several pipelines, --pipeline NAME (or SISYPHUS_PIPELINE) anywhere in a command chooses one.

The Temporal server is the one of TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, or of Temporal's own profile file.

Example: repair what was lost in the night of July 4, after looking at the plan
  $ sisyphus backfill start --name july --since 2018-07-04T22 --until 2018-07-05T05
  $ sisyphus backfill status july
  $ sisyphus backfill approve july <digest>`,
    );

type Group = {
  says: string;
  /** Adds its commands, or options, to the group's own. */
  load: () => Promise<{ addCommands: (group: Command) => void }>;
};

/** Groups of commands. Each is loaded where it is called: what all of them need together takes a second to load. */
const GROUPS: Record<string, Group> = {
  audit: {
    says: "measure every topic-hour, judge it and name the cause",
    load: () => import("./commands/audit"),
  },
  hour: {
    says: "whether an hour of a topic or table may be used",
    load: () => import("./commands/hour"),
  },
  incident: {
    says: "broken topics and what was done about them",
    load: () => import("./commands/incident"),
  },
  backfill: {
    says: "plan, run and steer repairs",
    load: () => import("./commands/backfill"),
  },
  inspect: {
    says: "open one thing: an offsets file, a flag, a file name, a log",
    load: () => import("./commands/inspect"),
  },
  schedules: {
    says: "the schedules of audits and canaries",
    load: () => import("./commands/schedules"),
  },
  config: {
    says: "the configuration file",
    load: () => import("./commands/config"),
  },
  worker: {
    says: "run workers until stopped",
    load: () => import("./commands/worker"),
  },
};

async function run(): Promise<void> {
  const program = newProgram();
  const given = choosePipeline(process.argv.slice(2), process.env);
  const words = given.filter((word) => !word.startsWith("-"));
  const called = words[0] === "help" ? words[1] : words[0];
  for (const [name, { says, load }] of Object.entries(GROUPS)) {
    const group = program.command(name).description(says);
    if (name === called) (await load()).addCommands(group);
  }
  await program.parseAsync(given, { from: "user" });
}

/** Errors that only say that something failed; the reason is their cause. They are known by name, as their package is loaded by few commands. */
const WRAPPERS = new Set(["WorkflowFailedError", "WorkflowUpdateFailedError"]);

/** What a shell shows of a program that SIGPIPE ended, which Node ignores. */
const ENDED_BY_SIGPIPE = 141;

/** Ends the process where nobody reads its output any more, as in `sisyphus … | head`. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(ENDED_BY_SIGPIPE);
}

/** Runs the command that the process was called with. */
export function main(): void {
  process.stdout.on("error", endWithReader);
  run().catch((error: Error) => {
    const told = WRAPPERS.has(error.name) ? deepest(error) : error;
    console.error(`sisyphus: ${told.message}`);
    process.exit(1);
  });
}
