import type { WorkflowHandle } from "@temporalio/client";
import { webLink } from "./client";

/** The exit code of a command that ctrl-C ended: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

/** What ctrl-C tells: that the workflow goes on without the command, and how it is found again. @param follow the command that shows it */
export function goesOnText(workflowId: string, follow: string): string {
  const link = webLink(workflowId);
  return [
    `${workflowId} goes on without this command.`,
    `Follow it: ${follow}`,
    ...(link ? [link] : []),
  ].join("\n");
}

/** Waits for a workflow's result. Ctrl-C ends the waiting only, and says so. @param follow the command that shows the workflow */
export async function resultOf(
  handle: WorkflowHandle,
  follow: string,
): Promise<unknown> {
  const onInterrupt = () => {
    console.error(`\n${goesOnText(handle.workflowId, follow)}`);
    process.exit(INTERRUPTED);
  };
  process.once("SIGINT", onInterrupt);
  try {
    return await handle.result();
  } finally {
    process.removeListener("SIGINT", onInterrupt);
  }
}
