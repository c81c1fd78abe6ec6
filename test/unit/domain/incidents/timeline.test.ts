import { storyOf } from "../../../../domain/incidents/timeline";

const finding = (
  topic: string,
  hour: string,
  verdict: "lost-from-kafka" | "import-missing" | "refine-outdated",
  why = "",
) => ({
  topic,
  hour,
  verdict,
  cause: "premature-deletion" as const,
  missing: 0,
  why,
});

test("an incident's findings are told in the order of time, hours far apart as chapters of their own", () => {
  expect(
    storyOf([
      finding("b", "2018-07-05T00", "import-missing"),
      finding("a", "2018-06-26T19", "lost-from-kafka"),
      finding("b", "2018-06-26T18", "lost-from-kafka", "retention"),
      finding("b", "2018-06-26T19", "lost-from-kafka"),
      finding("a", "2018-07-01T00", "lost-from-kafka", "again"),
    ]),
  ).toMatchObject([
    {
      from: "2018-06-26T18",
      to: "2018-06-26T19",
      topics: 2,
      topicHours: 3,
      why: "retention",
    },
    { from: "2018-07-01T00", to: "2018-07-01T00", topics: 1, why: "again" },
    { from: "2018-07-05T00", verdict: "import-missing" },
  ]);
});
