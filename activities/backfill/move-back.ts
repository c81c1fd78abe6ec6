import { fatal } from "../../clients/errors";
import type { JumpedOver } from "../../domain/audit/jumps";
import type { ImporterSteering } from "../../importers/importer";
import { parsePartitionKey } from "../../lib/keys";

/**
 * Moves an importer back to what it has jumped over.
 * @param jumped by `<topic>/<partition>`
 * @param about `mayMove` waits until no run goes on that would have the last word, and refuses topics that were put back
 * @throws ApplicationFailure "NotAllowed" where the importer cannot be moved so
 */
export async function moveBack(
  jumped: ReadonlyMap<string, JumpedOver>,
  {
    steering,
    kind,
    about,
    mayMove,
  }: {
    steering: Pick<ImporterSteering, "moveBack">;
    kind: string;
    about: { staging: string; by: string };
    mayMove: (topics: string[]) => Promise<void>;
  },
): Promise<void> {
  if (jumped.size === 0) return;
  if (!steering.moveBack)
    throw fatal(
      "NotAllowed",
      `the importer has jumped over offsets that Kafka holds, and importer.kind ${kind} cannot be moved back to them: ${[...jumped].map(([key, { from }]) => `${key} from ${from}`).join(", ")}`,
    );
  await mayMove([
    ...new Set([...jumped.keys()].map((key) => parsePartitionKey(key).topic)),
  ]);
  await steering.moveBack(
    new Map([...jumped].map(([key, { from }]) => [key, from])),
    about,
  );
}
