import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
} from "@temporalio/client";
import { Command } from "commander";
import { auditInput } from "../domain/inputs";
import { HOURLY_AUDIT } from "../temporal-config/schedules";
import { check, TASK_QUEUE, withClient } from "./client";
import { print } from "./output";

export function schedulesCommand(): Command {
  const command = new Command("schedules").description("the audits' schedules");
  command
    .command("apply")
    .description("create or update the hourly audit's schedule")
    .option(
      "--as-of <time>",
      "a fixed as-of time (for the sandbox, whose calendar stands in 2018)",
    )
    .option("--paused", "leave it paused")
    .action((o: { asOf?: string; paused?: boolean }) =>
      withClient(async (client) => {
        const input = check(auditInput, o.asOf ? { asOf: o.asOf } : {});
        const schedule = {
          scheduleId: HOURLY_AUDIT.id,
          spec: {
            calendars: [{ minute: HOURLY_AUDIT.minute, hour: "*" as const }],
          },
          policies: {
            overlap: ScheduleOverlapPolicy.SKIP,
            catchupWindow: HOURLY_AUDIT.catchupWindow,
          },
          action: {
            type: "startWorkflow" as const,
            workflowType: "hourlyAudit",
            workflowId: "audit/hourly",
            taskQueue: TASK_QUEUE,
            args: [input],
          },
          state: { paused: o.paused ?? false },
        };
        try {
          await client.schedule.create(schedule);
          print(`created ${HOURLY_AUDIT.id}`);
        } catch (error) {
          if (!(error instanceof ScheduleAlreadyRunning)) throw error;
          await client.schedule
            .getHandle(HOURLY_AUDIT.id)
            .update((previous) => ({
              ...previous,
              ...schedule,
              state: {
                ...previous.state,
                paused: o.paused ?? previous.state.paused,
              },
            }));
          print(`updated ${HOURLY_AUDIT.id}`);
        }
      }),
    );
  return command;
}
