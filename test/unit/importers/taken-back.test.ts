import type { Advance } from "../../../domain/audit/ledger";
import type { ImporterRun } from "../../../importers/importer";
import { takenBackIn, withoutTakenBack } from "../../../importers/taken-back";

const run = (
  name: string,
  topics: string[],
  takenBack?: ImporterRun["takenBack"],
): ImporterRun => ({
  name,
  time: 0,
  endedAt: 0,
  advances: new Map(topics.map((topic) => [topic, [{ run: name } as Advance]])),
  problems: [],
  ...(takenBack ? { takenBack } : {}),
});
const topicsOf = (runs: ReturnType<typeof withoutTakenBack>) =>
  Object.fromEntries(
    runs.map(({ name, advances }) => [name, [...advances.keys()]]),
  );

test("what an abort has taken back counts no more: of its topics, after its run, before it", () => {
  expect(
    topicsOf(
      withoutTakenBack([
        run("1", ["Edit", "Popups"]),
        run("2", ["Edit", "Popups"]),
        run("3", [], { after: "1", topics: ["Edit"] }),
        run("4", ["Edit"]),
      ]),
    ),
  ).toEqual({ 1: ["Edit", "Popups"], 2: ["Popups"], 3: [], 4: ["Edit"] });
});

test("where Camus had made no run before the saga, all of them are taken back", () => {
  expect(
    topicsOf(
      withoutTakenBack([
        run("1", ["Edit"]),
        run("2", [], { topics: ["Edit"] }),
      ]),
    ),
  ).toEqual({ 1: [], 2: [] });
});

test("a file of somebody else is not taken for one of ours", () => {
  expect(() => takenBackIn("who knows")).toThrow();
  expect(() => takenBackIn('{"topics": []}')).toThrow("by");
  expect(takenBackIn('{"by":"backfill/july"}')).toBeUndefined();
});
