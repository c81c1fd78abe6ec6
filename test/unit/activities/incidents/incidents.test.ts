import { createIncidentActivities } from "../../../../activities/incidents/incidents";
import type { Config } from "../../../../domain/settings/config";
import type { TopicAudit } from "../../../../domain/audit/audit-report";
import { POLICY } from "../../domain/audit/cases";
import { finding } from "../../domain/incidents/incident-fixtures";

jest.mock("../../../../activities/own-task-queue", () => ({
  ownTaskQueue: () => "control",
  ownScope: () => "",
}));

const TOPIC = "eventlogging_Edit";
const RANGE = { since: "2018-07-05T00", until: "2018-07-05T05" };
const AS_OF = "2018-07-05T05:20:00Z";

/** What an incident that runs hears of an audit. */
async function heard(
  audit: Partial<TopicAudit>,
  owners: Config["owners"] = [],
): Promise<unknown> {
  const signals: unknown[] = [];
  const { reportFindings } = createIncidentActivities({
    client: {
      workflow: {
        async *list() {
          await Promise.resolve();
          yield { workflowId: `incident/${TOPIC}` };
        },
        getHandle: () => ({
          signal: (_: string, message: unknown) =>
            Promise.resolve(signals.push(message)),
        }),
        signalWithStart: (
          _: string,
          { signalArgs }: { signalArgs: unknown[] },
        ) => Promise.resolve(signals.push(...signalArgs)),
      },
    } as never,
    storage: {
      readRef: () =>
        Promise.resolve([{ topic: TOPIC, findings: [], cells: {}, ...audit }]),
    } as never,
    policyOf: () => POLICY,
    owners,
  });
  await reportFindings({ refs: ["/x"], asOf: AS_OF, range: RANGE });
  return signals[0];
}

test("an incident hears of hours that are neither whole nor broken, with findings and without", async () => {
  const cells = {
    "2018-07-05T03": "pending",
    "2018-07-05T02": "late",
  } as const;
  const unsettled = { "2018-07-05T03": "pending" };
  expect(await heard({ cells })).toMatchObject({
    findings: [],
    unsettled,
    range: RANGE,
  });
  const findings = [finding("2018-07-05T02")];
  expect(await heard({ cells, findings })).toMatchObject({
    findings,
    unsettled,
  });
});

test("of a topic that could not be measured an incident hears nothing", async () => {
  expect(await heard({ unknowable: "HDFS is down" })).toBeUndefined();
  expect(await heard({ problem: "no dataset" })).toBeUndefined();
});

test("an incident hears who owns its topic, where somebody does", async () => {
  const owner = { name: "editors", receivers: ["webhook"] };
  const findings = [finding("2018-07-05T02")];
  expect(
    await heard({ findings }, [
      { ...owner, topics: "Edit" },
      { ...owner, name: "everybody", topics: ".*" },
    ]),
  ).toMatchObject({ owner: "everybody" });
  expect(await heard({ findings })).not.toHaveProperty("owner");
});
