import {
  refreshDays,
  type Sums,
} from "../../../../../activities/audit/evidence/day-walk";
import type { Hdfs } from "../../../../../clients/hdfs/hdfs";

const DAYS = ["2018-06-29", "2018-06-30"].concat(
  Array.from({ length: 6 }, (_, i) => `2018-07-0${i + 1}`),
);
const dirOf = (day: string) => `/raw/${day.replaceAll("-", "/")}`;

/** A tree of days, each with so many files; asked like HDFS, and counting what it was asked. */
function tree() {
  const files = new Map(DAYS.map((d) => [d, 10]));
  const asked: string[] = [];
  const sum = (n: number) => ({ files: n, directories: n, bytes: 100 * n });
  const hdfs = {
    summary: async (dir: string) => {
      asked.push(dir);
      return sum(
        [...files]
          .filter(([d]) => dirOf(d).startsWith(`${dir}/`))
          .reduce((total, [, n]) => total + n, 0),
      );
    },
  } as unknown as Hdfs;
  const known = new Map<string, Record<string, number>>();
  const sums: Sums = { days: {}, months: {} };
  return {
    files,
    sums,
    audit: async () => {
      asked.length = 0;
      const found = await refreshDays(
        hdfs,
        DAYS,
        dirOf,
        sums,
        (day) => known.get(day)!,
        async (day) => {
          asked.push(dirOf(day));
          const hours = { [`${day}T00`]: files.get(day)! };
          known.set(day, hours);
          return { hours, sum: sum(files.get(day)!) };
        },
      );
      return { found, asked: [...asked].sort() };
    },
  };
}
const truth = (files: Map<string, number>) =>
  Object.fromEntries([...files].map(([d, n]) => [`${d}T00`, n]));

test("where nothing but the newest days changed, the others are not asked", async () => {
  const t = tree();
  await t.audit();
  t.files.set("2018-07-06", 11);
  t.files.set("2018-07-05", 12);
  const { found, asked } = await t.audit();
  expect(found).toEqual(truth(t.files));
  expect(asked).toEqual([
    // The month before was looked at once: two days of it, both dear enough to sum up.
    "/raw/2018/06",
    "/raw/2018/07",
    "/raw/2018/07/05",
    "/raw/2018/07/06",
  ]);
});

test("a file that came or went in an older day is seen, also beside changes in the newest", async () => {
  const t = tree();
  await t.audit();
  t.files.set("2018-07-06", 11);
  t.files.set("2018-07-02", 9);
  expect((await t.audit()).found).toEqual(truth(t.files));
  t.files.set("2018-06-30", 11);
  expect((await t.audit()).found).toEqual(truth(t.files));
  expect((await t.audit()).asked).toHaveLength(4);
});

test("a day that is distrusted is asked whatever the sums say", async () => {
  const t = tree();
  await t.audit();
  delete t.sums.days["2018-07-02"];
  expect((await t.audit()).asked).toContain("/raw/2018/07/02");
});
