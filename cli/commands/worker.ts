import { Command, Option } from "commander";
import { type Role, runWorkers } from "../../workers/main";
import { configOption } from "./audit";

export function workerCommand(): Command {
  return new Command("worker")
    .description("run workers until stopped")
    .addOption(
      new Option("--role <role>", "which task queues to serve")
        .choices(["control", "bulk", "archive", "all"])
        .default("all"),
    )
    .option(...configOption)
    .action((o: { role: Role; config: string }) =>
      runWorkers(o.role, o.config),
    );
}
