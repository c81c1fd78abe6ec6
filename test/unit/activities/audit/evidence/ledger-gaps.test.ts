import { verifiedGaps } from "../../../../../activities/audit/evidence/ledger-gaps";
import { ServiceError } from "../../../../../clients/errors";
import type { ReplacedLog } from "../../../../../domain/audit/incarnation";
import type { RawHour } from "../../../../../activities/audit/evidence/raw-hours";

const HOUR = "2018-07-05T03";

/** The gaps of a run from 0 to `to` whose only raw file has `imported` records, where Kafka holds a record at the offsets that `holds` says. */
async function gapsOf(
  { to, imported, low = "0" }: { to: number; imported: number; low?: string },
  holds: (offset: number) => boolean,
  tolerant = false,
  replacedLog?: ReplacedLog,
) {
  const raw: Record<string, RawHour> = {
    [HOUR]: {
      mtime: 1,
      entries: 1,
      bytes: 9,
      strange: [],
      files: [
        {
          partition: 0,
          end: String(to),
          count: imported,
          name: "a",
          length: 9,
          mtime: 1,
        },
      ],
    },
  };
  let beats = 0;
  const problems: string[] = [];
  const gaps = await verifiedGaps(
    {
      kafka: {
        read: async (
          ranges: Map<string, { from: string; to: string }[]>,
          each: () => void,
          beat: () => void,
        ) => {
          beat();
          for (const { from, to: end } of ranges.get("t")!)
            for (let at = Number(from); at < Number(end); at++)
              if (holds(at)) each();
        },
      },
      hdfs: {
        summary: async () => ({ files: 1, directories: 2, bytes: 9 }),
        list: async (path: string) =>
          path.endsWith("03")
            ? [{ name: "a", type: "FILE", length: 9, mtime: 1, owner: "x" }]
            : [{ name: "03", type: "DIRECTORY", length: 0, mtime: 1 }],
      },
      source: {
        days: async () => ["2018-07-05"],
        dayDir: () => "/raw/05",
        hourOf: () => HOUR,
        parse: () => raw[HOUR]!.files[0]!,
      },
    } as never,
    {
      advances: () => [
        {
          run: "r",
          time: 1,
          partition: 0,
          from: "0",
          to: String(to),
          errors: 0,
        },
      ],
      markers: new Map(),
      configs: new Map(),
      tolerant,
      outages: new Map(),
    },
    { topic: "t" } as never,
    raw,
    {
      partitions: [{ partition: 0, logStart: low, logEnd: String(to) }],
      ...(replacedLog ? { replacedLog } : {}),
    },
    problems,
    () => void beats++,
  );
  return { gaps, beats, problems };
}

test("markers of other producers' transactions are no loss, however long the range is", async () => {
  const { gaps, beats } = await gapsOf(
    { to: 100_000, imported: 66_667 },
    (offset) => offset % 3 !== 2,
  );
  expect(gaps).toEqual([]);
  expect(beats).toBe(5);
});

test("a loss among such markers is found, and its number is a fact", async () => {
  const { gaps } = await gapsOf(
    { to: 100_000, imported: 66_660 },
    (offset) => offset % 3 !== 2,
  );
  expect(gaps).toMatchObject([{ records: 7 }]);
  expect(gaps[0]).not.toHaveProperty("atMost");
});

test("a range too long to be counted is a gap of at most so many, never none", async () => {
  const { gaps, beats } = await gapsOf(
    { to: 5_000_000, imported: 4_000_000 },
    () => true,
  );
  expect(gaps).toMatchObject([{ records: 1_000_000, atMost: "uncounted" }]);
  expect(beats).toBe(0);
});

test("a range that Kafka has deleted is a gap of at most so many", async () => {
  const { gaps } = await gapsOf({ to: 50, imported: 40, low: "1" }, () => true);
  expect(gaps).toMatchObject([{ records: 10, atMost: "deleted" }]);
});

test("a range that cannot be decoded is a gap of at most so many, and the reason is told", async () => {
  const { gaps, problems } = await gapsOf({ to: 50, imported: 40 }, () => {
    throw new Error("a batch cannot be decoded");
  });
  expect(gaps).toMatchObject([{ records: 10, atMost: "unreadable" }]);
  expect(problems).toEqual([
    "offsets 0 to 50 of partition 0 cannot be read: a batch cannot be decoded",
  ]);
});

test("a Kafka that is down is waited for, and only where that is tolerated a gap is a bound", async () => {
  const down = () => {
    throw new ServiceError("Kafka", "localhost:9092", "refused", undefined);
  };
  const about = { to: 50, imported: 40 };
  await expect(gapsOf(about, down)).rejects.toBeInstanceOf(ServiceError);
  const { gaps } = await gapsOf(about, down, true);
  expect(gaps).toMatchObject([{ records: 10, atMost: "unreadable" }]);
});

test("a gap of a log that was replaced is not looked for in the one that is there", async () => {
  const about = { to: 50, imported: 40 };
  // The new log has no record where the old one's gap is.
  const holds = () => false;
  const replaced = { cause: "topic-recreated", why: "made anew" } as const;
  expect((await gapsOf(about, holds)).gaps).toEqual([]);
  for (const log of [replaced, { ...replaced, until: 1 }])
    expect((await gapsOf(about, holds, false, log)).gaps).toMatchObject([
      { records: 10, atMost: "deleted" },
    ]);
  // Of a run since then the new log tells.
  const before = { ...replaced, until: 0 };
  expect((await gapsOf(about, holds, false, before)).gaps).toEqual([]);
});
