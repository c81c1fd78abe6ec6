import { type Command, Option } from "commander";
import type { Role } from "../../workers/main";
import { configOption } from "../config-option";
import { pipelineChosen } from "../pipeline";

export function addCommands(command: Command): void {
  command
    .addOption(
      new Option("--role <role>", "which task queues to serve")
        .choices(["control", "bulk", "archive", "all"])
        .default("all"),
    )
    .option(...configOption)
    .action(async (o: { role: Role; config: string }) => {
      const { runWorkers } = await import("../../workers/main");
      await runWorkers(o.role, o.config, pipelineChosen());
    });
}
