import type { Client } from "@temporalio/client";
import type { z } from "zod";
import { issuesText } from "../domain/settings/issues-text";
import { connectClient } from "../workers/connection";

export const TASK_QUEUE = "control";

export async function withClient<T>(
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connectClient();
  try {
    return await use(client);
  } finally {
    await client.connection.close();
  }
}

/** Checks an input before anything starts. @throws Error that names every wrong field and what is allowed */
export function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(issuesText("the input", parsed.error));
  return parsed.data;
}

/** Where a workflow is seen in the Web UI, if SISYPHUS_WEB_UI says where that is. */
export function webLink(
  workflowId: string,
  runId?: string,
): string | undefined {
  const base = process.env["SISYPHUS_WEB_UI"];
  return (
    base &&
    `${base}/workflows/${encodeURIComponent(workflowId)}${runId ? `/${runId}/user-metadata` : ""}`
  );
}

export const list = (text: string) =>
  text
    .split(",")
    .map((s) => s.trim())
    .filter((s) => s !== "");
