import { olderOf, standing } from "../../../../domain/audit/stands-in-files";

const LOG = { low: "60", high: "100" };

test("the older of two positions counts, however long its number is", () => {
  expect(olderOf("9", "10")).toBe("9");
  expect(olderOf("10", "9")).toBe("9");
  expect(olderOf(undefined, "9")).toBe("9");
  expect(olderOf("9", undefined)).toBe("9");
  expect(olderOf(undefined, undefined)).toBeUndefined();
});

test.each<[string, string | undefined, string | undefined, string | undefined]>(
  [
    ["no file has what is stated to be passed", "70", "100", "70"],
    ["files are further than what was committed", "100", "70", "70"],
    ["nothing is stated", "70", undefined, "70"],
    ["nothing is known", undefined, undefined, undefined],
    [
      "no file is there, and Kafka holds what is passed",
      undefined,
      "100",
      "60",
    ],
    ["no file is there, and Kafka has deleted more", undefined, "50", "50"],
    ["it is of another log", undefined, "500", "500"],
  ],
)("where %s", (_, inFiles, stated, stands) => {
  expect(standing(inFiles, stated, LOG)).toBe(stands);
});

test("of a partition that Kafka does not tell of, what is stated counts", () => {
  expect(standing(undefined, "5", undefined)).toBe("5");
});
