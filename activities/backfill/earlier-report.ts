import { fatal } from "../../clients/errors";
import type { Storage } from "../../clients/storage";
import { sagaPlaces } from "../../clients/storage-layout";
import {
  earlierReport as reportSchema,
  notWhole,
} from "../../domain/backfill/earlier-report";
import { issuesText } from "../../domain/settings/issues-text";
import { parseJson } from "../../lib/json";
import { nameOf } from "../../lib/paths";

const PREFIX = "backfill/";

/** The report of a saga's name: of several sagas that had it one after another, that of the newest that wrote one. */
async function refOfName(
  storage: Storage,
  given: string,
): Promise<string | undefined> {
  // HDFS takes no colon in a path: see Storage.
  const name = given.replace(PREFIX, "").replaceAll(":", "_");
  const folders = (await storage.list("backfill"))
    .filter((each) => each.name.replace(/@[0-9a-f]{8}$/, "") === name)
    .map((each) => sagaPlaces(`${PREFIX}${each.name}`).report);
  const reports = await Promise.all(
    folders.map(async (place) => ({
      place,
      mtime: await storage.writtenAt(place),
    })),
  );
  return reports
    .flatMap(({ place, mtime }) =>
      mtime === undefined ? [] : { place, mtime },
    )
    .sort((a, b) => b.mtime - a.mtime)
    .map(({ place }) => storage.path(place))[0];
}

/**
 * What an earlier saga's report names as not whole.
 * @param given the saga's name, with or without `backfill/`, or the report's reference
 * @throws ApplicationFailure where no such report is in storage, or what is there is not one
 */
export async function earlierReport(
  storage: Storage,
  given: string,
): Promise<{ ref: string; topicHours: Set<string> }> {
  const refuse = (why: string) =>
    fatal("InvalidInput", `fromReport: ${given}: ${why}`);
  const isRef = given.startsWith("/");
  // A worker may read more of HDFS than whoever starts a saga.
  if (isRef && !storage.holds(given))
    throw refuse("a reference must lie in storage.path");
  if (isRef && nameOf(given) !== sagaPlaces("").report.name)
    throw refuse(`a saga's report is named ${sagaPlaces("").report.name}`);
  const ref = isRef ? given : await refOfName(storage, given);
  const text =
    ref === undefined ? undefined : await storage.readRefTextIfAny(ref);
  if (ref === undefined || text === undefined)
    throw refuse(
      isRef
        ? "there is no such file"
        : "no saga of this name has written a report (an audit and a plan write none, and a saga does at its end)",
    );
  let report: unknown;
  try {
    report = parseJson(text, ref);
  } catch {
    throw refuse(`${ref} holds no JSON`);
  }
  const parsed = reportSchema.safeParse(report);
  if (!parsed.success)
    throw refuse(issuesText(`${ref} is not a saga's report: it`, parsed.error));
  return { ref, topicHours: notWhole(parsed.data) };
}
