import type { Storage } from "../../clients/storage";
import { latest } from "../../clients/storage-layout";
import { DAY_MS } from "../../lib/hour";
import { instant } from "../../lib/time";
import { isOwnFault } from "./evidence/stage";

/** The longest look-back: what no audit has looked at for as long is in no range of theirs any more. */
const KEPT_MS = 31 * DAY_MS;

/**
 * Adds an audit's topics to those that audits have looked at, for whoever asks of a topic or a table while the newest audit is one of a chosen few.
 * @param now when the audit began, epoch ms
 * @returns all of them
 */
export async function rememberAudited(
  storage: Pick<Storage, "read" | "write">,
  audits: { topic: string }[],
  now: number,
): Promise<string[]> {
  const before = await storage
    .read(latest.auditedTopics)
    .catch((error: unknown) => {
      // A damaged file is made anew; it must end no audit.
      if (!isOwnFault(error)) throw error;
      return undefined;
    });
  const kept = Object.entries(before ?? {}).filter(
    ([, at]) => now - Date.parse(at) <= KEPT_MS,
  );
  const looked = audits.map(({ topic }) => [topic, instant(now)] as const);
  const all = Object.fromEntries([...kept, ...looked]);
  await storage.write(latest.auditedTopics, all);
  return Object.keys(all);
}
