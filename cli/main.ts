import {
  WorkflowFailedError,
  WorkflowUpdateFailedError,
} from "@temporalio/client";
import { Command } from "commander";
import { deepest } from "./client";
import { auditCommand } from "./commands/audit";
import { backfillCommand } from "./commands/backfill";
import { configCommand } from "./commands/config";
import { incidentCommand } from "./commands/incident";
import { inspectCommand } from "./commands/inspect";
import { schedulesCommand } from "./commands/schedules";
import { workerCommand } from "./commands/worker";

const program = new Command("sisyphus")
  .description(
    "Hourly audits of every topic, and durable repairs of what they find",
  )
  .showHelpAfterError("(--help shows what is allowed)")
  .addHelpText(
    "after",
    `
The Temporal server is the one of TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, or of Temporal's own profile file.

Example: repair what was lost in the night of July 4, after looking at the plan
  $ sisyphus backfill start --name july --since 2018-07-04T22 --until 2018-07-05T05
  $ sisyphus backfill status july
  $ sisyphus backfill approve july <digest>`,
  );

for (const command of [
  auditCommand(),
  incidentCommand(),
  backfillCommand(),
  inspectCommand(),
  schedulesCommand(),
  configCommand(),
  workerCommand(),
])
  program.addCommand(command);

program.parseAsync().catch((error: Error) => {
  // An update that was refused, and a workflow that failed, say why in their cause.
  const told =
    error instanceof WorkflowUpdateFailedError ||
    error instanceof WorkflowFailedError
      ? deepest(error)
      : error;
  console.error(`sisyphus: ${told.message}`);
  process.exit(1);
});
