import { standstillOf } from "../../../../domain/audit/connector-state";

const of = (state: string, tasks: string[] = []) =>
  standstillOf("sink", {
    connector: { state },
    tasks: tasks.map((each, id) => ({ id, state: each, why: "a.B" })),
  });

test("a connector that runs, or is about to, stands still for nobody", () => {
  expect(of("RUNNING", ["RUNNING", "UNASSIGNED"])).toBeUndefined();
  expect(of("UNASSIGNED")).toBeUndefined();
  expect(of("RUNNING")).toBeUndefined();
  expect(of("RESTARTING", ["RESTARTING"])).toBeUndefined();
  expect(of("toString")).toBeUndefined();
});

test("one that was paused or stopped, or failed, or of which a task did, is told with why", () => {
  expect(of("PAUSED", ["PAUSED"])).toBe("connector sink is paused");
  expect(of("STOPPED")).toBe("connector sink is stopped");
  expect(
    standstillOf("sink", {
      connector: { state: "FAILED", why: "a.B" },
      tasks: [],
    }),
  ).toBe("connector sink has failed (a.B)");
  expect(of("RUNNING", ["RUNNING", "FAILED"])).toBe(
    "of connector sink task 1 has failed (a.B)",
  );
  expect(of("RUNNING", Array<string>(5).fill("FAILED"))).toMatch(
    /task 2 has failed \(a\.B\); and 2 more$/,
  );
});
