import { createAlertActivities } from "../../../../activities/incidents/alerts";
import { item } from "../../domain/incidents/incident-fixtures";
import { alerts } from "../../../../domain/settings/sections/alerts";

jest.mock("../../../../activities/own-task-queue", () => ({
  ownTaskQueue: () => "control",
  ownScope: () => "",
}));

/** The activities by a configuration, and what the desk was signalled. */
function activities() {
  const heard: unknown[] = [];
  const all = createAlertActivities({
    config: {
      alerts: alerts.parse({}),
      owners: [{ name: "editors", topics: "edits", receivers: ["webhook"] }],
    },
    client: {
      workflow: {
        signalWithStart: (_: string, given: { signalArgs: unknown[] }) =>
          Promise.resolve(heard.push(given.signalArgs[0])),
      },
    } as never,
    storage: { write: () => Promise.reject(new Error("nothing is stored")) },
    policyOf: (topic) => ({
      severity: topic === "edits" ? "critical" : "error",
    }),
    webToken: () => Promise.reject(new Error("nobody wants a ticket")),
  });
  return { ...all, heard };
}

test("the desk hears of each topic how urgent its policy calls an error, and who owns it", async () => {
  const { raise, heard } = activities();
  await raise([item(), item({ subject: "views" })]);
  expect(heard).toMatchObject([
    [
      { subject: "edits", severity: "critical", owner: "editors" },
      { subject: "views", severity: "error" },
    ],
  ]);
  expect(heard[0]).not.toHaveProperty("1.owner");
});

test("a service that is named as a topic is has nothing of that topic's policy, and not its owner", async () => {
  const { raise, heard } = activities();
  await raise([item({ kind: "outage" })]);
  expect(heard).toEqual([[item({ kind: "outage" })]]);
});
