import { idOf } from "../../../cli/commands/backfill";
import {
  choosePipeline,
  controlQueue,
  isListed,
  pipelineChosen,
  pipelineOfId,
  wholeId,
} from "../../../cli/pipeline";

afterEach(() => choosePipeline([], {}));

test.each([
  [["--pipeline", "events", "audit", "run"]],
  [["audit", "--pipeline=events", "run"]],
  [["audit", "run", "--pipeline", "events"]],
])("a pipeline is chosen anywhere in a command: %j", (words) => {
  expect(choosePipeline(words, {})).toEqual(["audit", "run"]);
  expect(pipelineChosen()).toBe("events");
  expect(controlQueue()).toBe("events/control");
});

test("an option goes before the variable, and without either everything is named as it always was", () => {
  choosePipeline(["audit"], { SISYPHUS_PIPELINE: "logs" });
  expect(controlQueue()).toBe("logs/control");
  choosePipeline(["--pipeline", "events"], { SISYPHUS_PIPELINE: "logs" });
  expect(controlQueue()).toBe("events/control");
  choosePipeline(["audit"], {});
  expect(controlQueue()).toBe("control");
});

test("what stands behind -- is no choice", () => {
  expect(choosePipeline(["x", "--", "--pipeline", "events"], {})).toEqual([
    "x",
    "--",
    "--pipeline",
    "events",
  ]);
  expect(pipelineChosen()).toBeUndefined();
});

test.each([
  [["--pipeline"]],
  [["--pipeline="]],
  [["--pipeline", "--json"]],
  [["--pipeline", "a/b"]],
])("a choice that is no name is refused: %j", (words) =>
  expect(() => choosePipeline(words, {})).toThrow(
    /--pipeline: given ".*", allowed is the name of a pipeline/,
  ),
);

test("a backfill is named with or without its pipeline, as the Web UI shows it", () => {
  choosePipeline(["--pipeline", "events"], {});
  for (const name of ["july", "backfill/july", "events/backfill/july"])
    expect(idOf(name)).toBe("events/backfill/july");
  choosePipeline([], {});
  for (const name of ["july", "backfill/july"])
    expect(idOf(name)).toBe("backfill/july");
  expect(idOf("events/backfill/july")).toBe("events/backfill/july");
});

test("a list has the workflows of the chosen pipeline, and of all where none is chosen", () => {
  expect(isListed("incident/a", "incident/")).toBe(true);
  expect(isListed("events/incident/a", "incident/")).toBe(true);
  choosePipeline(["--pipeline", "events"], {});
  expect(isListed("events/incident/a", "incident/")).toBe(true);
  expect(isListed("incident/a", "incident/")).toBe(false);
  expect(isListed("logs/incident/a", "incident/")).toBe(false);
  expect(wholeId("audit/hourly")).toBe("events/audit/hourly");
  expect(wholeId("events/audit/hourly")).toBe("events/audit/hourly");
});

test("the pipeline of a workflow is what its id begins with", () => {
  expect(pipelineOfId("events/incident/a", "incident/")).toBe("events");
  expect(pipelineOfId("incident/a", "incident/")).toBeUndefined();
});
