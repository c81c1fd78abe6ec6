import type { z } from "zod";
import { jsonIn } from "../lib/json";

/** An exception as the REST services of HDFS and YARN write it (`RemoteException`). */
export type RemoteException = { exception: string; message?: string };

/** With these a NameNode says that it is not active, or not yet (Hadoop's `StandbyException`, `RetriableException`). */
const STANDBY = /^(?:Standby|Retriable)Exception$/;

/**
 * Whether an answer is that of a standby, which has done nothing. In the middle of a fail-over, and asked with a token, a NameNode wraps it into
 * a SecurityException; that is no denial.
 */
export function isStandby(status: number, body: string): boolean {
  if (status !== 403) return false;
  const { exception = "", message = "" } = remoteException(body) ?? {};
  return (
    STANDBY.test(exception) ||
    (exception === "SecurityException" &&
      message.includes("RetriableException"))
  );
}

/** With these a gateway or a proxy says that it has nobody to ask, or was not answered. */
const NOBODY_BEHIND = new Set([502, 503, 504]);

/**
 * Whether an answer to a read is that of a gateway (Knox, a proxy before HttpFS) behind which nobody answers: it says nothing of what was asked
 * for, and another address may. Of a change nobody knows whether it was made.
 */
export const isNobodyBehind = (
  method: string,
  status: number,
  body: string,
): boolean =>
  method === "GET" && NOBODY_BEHIND.has(status) && !remoteException(body);

/** The exception that an answer's body holds; undefined where the body is somebody else's, such as a gateway's page. Its message may be null. */
export function remoteException(body: string): RemoteException | undefined {
  const remote = (jsonIn(body) as { RemoteException?: unknown } | undefined)
    ?.RemoteException as { exception?: unknown; message?: unknown } | undefined;
  if (typeof remote?.exception !== "string") return undefined;
  const { exception, message } = remote;
  return typeof message === "string" ? { exception, message } : { exception };
}

/** What an answer says went wrong: Hadoop's exception and the first line of its message (the rest is a stack), else the status. */
export function refusalOf(status: number, body: string): string {
  const remote = remoteException(body);
  if (!remote) return String(status);
  // A DataNode may repeat its address, in which the NameNode has put a token.
  const [message] = (remote.message ?? "")
    .replace(/\bdelegation=[^&\s]*/g, "delegation=…")
    .split("\n");
  return message ? `${remote.exception}: ${message}` : remote.exception;
}

/** An answer's status and headers, as far as they are used. */
type Head = { status: number; headers: { get(name: string): string | null } };

/** What kind of content an answer has, for a message; its bytes are not repeated, as they may be anything. */
export const contentTypeOf = (response: Head): string =>
  response.headers.get("content-type") ?? "no content type";

/**
 * An answer's body in the form that the service gives it.
 * @throws Error where it has another form, such as the login page of a gateway, which comes with the status 200
 */
export function contentOf<T>(
  response: Head,
  body: string,
  form: z.ZodType<T>,
): T {
  const content = form.safeParse(jsonIn(body));
  if (!content.success)
    throw new Error(
      `${response.status} with an answer that is not the service's (${contentTypeOf(response)})`,
    );
  return content.data;
}
