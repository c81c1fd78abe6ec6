import {
  rawRoot,
  topicsOfDirectories,
  topicsOfTables,
} from "../../../../domain/audit/left-behind";
import { namingRules } from "../../../../domain/settings/dataset";

const rules = (over: object = {}) => namingRules.parse(over);

test("directories lie where the paths of raw hours say, with whatever stands around the topic's name", () => {
  expect(rawRoot(rules())).toEqual({
    folder: "/wmf/data/raw/eventlogging",
    before: "",
    after: "",
  });
  const around = rules({ rawPath: "/in-{topic}-out/hourly" });
  expect(rawRoot(around)).toEqual({
    folder: "/",
    before: "in-",
    after: "-out",
  });
  expect(
    topicsOfDirectories(
      ["in-eventlogging_Edit-out", "eventlogging_Other"],
      [],
      [],
      around,
    ),
  ).toEqual(["eventlogging_Edit"]);
});

test.each([
  ["as it is", "a_b", [], ["a_b"], undefined],
  ["as it was once known to be", "a_b", ["a.b"], ["a.b"], undefined],
  [
    "with dots, where the rules ask for them",
    "mediawiki_page-create_v1",
    [],
    ["mediawiki.page-create_v1"],
    String.raw`mediawiki\.(.+)`,
  ],
  ["not at all, where no name is covered", "web", [], [], "event_(.+)"],
])(
  "a directory's topic is called %s",
  (_, directory, once, topics, topicPattern = "(.+)") => {
    const naming = rules({ topicPattern });
    expect(topicsOfDirectories([directory], [], once, naming)).toEqual(topics);
  },
);

test("a directory of a topic of Kafka's stands for no other, whether that is audited or not", () => {
  const naming = rules({ topicPattern: String.raw`a\.(.+)` });
  const found = (known: string[]) =>
    topicsOfDirectories(["a_b"], known, [], naming);
  expect(found(["a.b"])).toEqual([]);
  expect(found(["a_b"])).toEqual([]);
  expect(found(["a.c"])).toEqual(["a.b"]);
});

test("a table's topic is called as it once was, else as the others are", () => {
  const found = (known: string[], once: string[] = []) =>
    topicsOfTables(["page_create"], known, once, rules());
  expect(found(["eventlogging_Page-Create"])).toEqual([]);
  expect(found([], ["eventlogging_Page-Create"])).toEqual([
    "eventlogging_Page-Create",
  ]);
  expect(found(["eventlogging_Edit"])).toEqual(["eventlogging_page_create"]);
  // Where every known topic is gone, their names tell all the same how topics are called.
  expect(found([], ["eventlogging_Edit"])).toEqual([
    "eventlogging_page_create",
  ]);
});

test("where directories keep dots, a directory is the topic of its name and of no other", () => {
  const dotted = rules({
    keepDots: true,
    topicPattern: String.raw`eqiad\.(.+)`,
  });
  expect(
    topicsOfDirectories(
      ["eqiad.a.b", "eqiad.a_b", "eqiad_a"],
      ["eqiad.a_b"],
      [],
      dotted,
    ),
  ).toEqual(["eqiad.a.b"]);
});
