import type { Audited } from "../domain/audit/usable-hours";
import type { Storage } from "./storage";
import { latest } from "./storage-layout";

type Reader = Pick<Storage, "read" | "readRef">;

/** What audits have stored, for whoever asks whether an hour may be used. @throws what storage throws where it does not answer */
export async function readAudited(storage: Reader): Promise<Audited> {
  const newest = await storage.read(latest.audit);
  return {
    ...(newest ? { report: await storage.readRef(newest.ref) } : {}),
    // After the pointer: an audit names its topics before it becomes the newest.
    topics: await auditedTopics(storage),
  };
}

/** The topics that audits have looked at. @throws Error where they cannot be read, as one that is missing may come into a table */
export const auditedTopics = async (
  storage: Pick<Reader, "read">,
): Promise<string[]> =>
  Object.keys((await storage.read(latest.auditedTopics)) ?? {});
