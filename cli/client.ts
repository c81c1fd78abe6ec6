import type { Client } from "@temporalio/client";
import type { z } from "zod";
import { issuesText } from "../domain/settings/issues-text";

/** Connects to Temporal, and closes the connection when `use` has ended. */
export async function withClient<T>(
  use: (client: Client) => Promise<T>,
): Promise<T> {
  // Loaded where it is needed: it is the largest part of a command's start.
  const { connectClient } = await import("../workers/connection");
  const client = await connectClient();
  try {
    return await use(client);
  } finally {
    await client.connection.close();
  }
}

/**
 * The cause of an error that says why: a workflow that failed, and an update that was refused, hold it. What an activity itself says is enough:
 * below it is what a library said, without the service and its address.
 */
export const deepest = (error: Error): Error =>
  error.cause instanceof Error && error.name !== "ApplicationFailure"
    ? deepest(error.cause)
    : error;

/** Checks the input of a workflow before it is started. @throws Error that names every wrong field and what is allowed there */
export function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(issuesText("the input", parsed.error));
  return parsed.data;
}

/** The address of a workflow in the Web UI, of one run where it is given; undefined where SISYPHUS_WEB_UI does not say where the Web UI is. */
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

/** The items of a comma-separated option. */
export const list = (text: string) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
