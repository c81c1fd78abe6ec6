import { archivedCounts } from "../../../../../activities/audit/evidence/archived-counts";
import {
  measured,
  type TopicEvidence,
} from "../../../../../domain/audit/evidence";
import { HOUR, recreated, topic } from "../../../domain/audit/cases";

/** What the archive, which has three events of the hour, is found to say of it. */
const countOf = async (about: Partial<TopicEvidence>) =>
  (
    await archivedCounts(
      {
        untold: () => undefined,
        archived: async () => ({
          bySchema: new Map([["Edit", new Map([[HOUR, 3]])]]),
          begins: HOUR,
          unreadable: [],
        }),
      } as never,
      "Edit",
      topic(about),
      false,
      [],
    )
  )(HOUR);

test("the archive is asked where a log was replaced, so that hours do not stay in doubt which it knows", async () => {
  const { replacedLog } = recreated;
  expect(await countOf({ replacedLog: replacedLog! })).toEqual(measured(3));
  expect(await countOf({})).toMatchObject({ known: false });
});
