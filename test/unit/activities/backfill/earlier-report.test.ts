import { earlierReport } from "../../../../activities/backfill/earlier-report";
import type { Hdfs } from "../../../../clients/hdfs/hdfs";
import { Storage } from "../../../../clients/storage";

const REPORT = JSON.stringify({
  plan: { digest: "d", topics: [] },
  after: [{ topic: "a", cells: { "2018-07-05T03": "rows-lost" } }],
  refine: { failed: [], unexplained: [] },
  verified: { problems: [] },
});
const OLD = "/s/backfill/july@00000001/report.json";
const NEW = "/s/backfill/july@00000002/report.json";

/** @param files what lies where; what is written later comes later */
function earlier(given: string, files: Record<string, string>) {
  const paths = Object.keys(files);
  const hdfs = {
    list: async () =>
      ["july@00000001", "july@00000002", "july-2@00000003"].map((name) => ({
        name,
        mtime: 0,
      })),
    stat: async (path: string) =>
      paths.includes(path) ? { mtime: paths.indexOf(path) } : undefined,
    readText: async (path: string) => files[path],
  };
  return earlierReport(new Storage(hdfs as unknown as Hdfs, "/s"), given);
}

test("a name means the newest saga of that name that has a report", async () => {
  const files = { [OLD]: "{}", [NEW]: REPORT };
  for (const given of ["july", "backfill/july", NEW])
    expect(await earlier(given, files)).toEqual({
      ref: NEW,
      topicHours: new Set(["a 2018-07-05T03"]),
    });
});

test.each([
  ["july", {}, "no saga of this name has written a report"],
  [NEW, {}, "there is no such file"],
  ["july", { [NEW]: "{}" }, "is not a saga's report"],
  ["july", { [NEW]: "not" }, "holds no JSON"],
  [
    "july",
    { [NEW]: JSON.stringify({ ...JSON.parse(REPORT), after: [null] }) },
    "after.0",
  ],
  ["/etc/report.json", {}, "must lie in storage.path"],
  ["/s/../etc/report.json", {}, "must lie in storage.path"],
  ["/s/backfill/july@00000001/plan.json", {}, "is named report.json"],
])("%s with %j is refused: %s", async (given, files, why) => {
  await expect(earlier(given, files)).rejects.toThrow(why);
});
