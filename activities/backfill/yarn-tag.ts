import { isNamedByRun } from "../../domain/backfill/saga-name";
import { shortDigest } from "../../lib/digest";

/**
 * The YARN tag of what a saga runs in one of its steps. An attempt finds by it what an earlier attempt has started.
 * YARN keeps tags in lower case; whatever is neither a letter, a digit, `-` nor `_` becomes `_`, so that no shell and no list of
 * tags takes a tag apart. Names that fall together so (`July` and `july`, `a.b` and `a_b`) are told apart by their digest.
 */
export function tagOf(sagaId: string, step: string): string {
  const digest = isNamedByRun(sagaId) ? `-${shortDigest(sagaId, 8)}` : "";
  return `sisyphus-${sagaId}${digest}-${step}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, "_");
}
