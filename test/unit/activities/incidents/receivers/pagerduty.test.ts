import {
  pagerdutyReceiver,
  toPagerduty,
} from "../../../../../activities/incidents/receivers/pagerduty";
import type { Alert } from "../../../../../domain/incidents/alert";
import {
  ALERT_KINDS,
  type AlertKind,
} from "../../../../../domain/incidents/alert-kinds";
import { withFiles } from "../../../../support/files";
import {
  failureOf,
  withStubReceivers,
} from "../../../../support/stub-receiver";

const AT = "2018-07-05T06:00:00.000Z";
const alert = (kind: AlertKind, over: Partial<Alert> = {}): Alert => ({
  id: `1-${AT}`,
  kind,
  cause: "premature-deletion",
  level: "error",
  severity: "critical",
  topics: ["edits", "views"],
  title: "2 topics are broken: premature-deletion",
  text: "edits: 3 hours are not whole\nviews: 1 hours are not whole",
  at: AT,
  ...over,
});
type Event = {
  routing_key?: string;
  event_action: string;
  dedup_key: string;
};

const stub = withStubReceivers();
const { fileOf } = withFiles();
const noTicket = () => Promise.reject(new Error("nobody wants a ticket"));
const receiver = (origin: string) =>
  pagerdutyReceiver(
    {
      url: `${origin}/v2/enqueue`,
      routingKey: { file: fileOf("key", "R0UTE") },
    },
    "alerts.pagerduty.oncall",
    noTicket,
  );
const keysOf = (kind: AlertKind, over: Partial<Alert> = {}, scope = "") =>
  toPagerduty(alert(kind, over), scope).map(({ dedup_key }) => dedup_key);

test("each topic is an event of its own, with what is known of it", async () => {
  const { origin, got } = await stub<Event>(() => 202);
  await receiver(origin)(alert("broken", { link: "https://x/" }));
  expect(got).toHaveLength(2);
  expect(got.find(({ dedup_key }) => dedup_key.endsWith("/edits"))).toEqual({
    routing_key: "R0UTE",
    event_action: "trigger",
    dedup_key: "sisyphus/SisyphusTopicBroken/edits",
    payload: {
      summary: "edits is broken: premature-deletion",
      source: "edits",
      severity: "critical",
      timestamp: AT,
      component: "edits",
      group: "premature-deletion",
      class: "SisyphusTopicBroken",
      custom_details: {
        id: `1-${AT}`,
        kind: "broken",
        title: "2 topics are broken: premature-deletion",
        text: "edits: 3 hours are not whole",
      },
    },
    links: [{ href: "https://x/", text: "more" }],
  });
});

test("whatever a kind triggers is resolved under the same key by each of the kinds that end it", () => {
  for (const [kind, row] of Object.entries(ALERT_KINDS))
    if (row.role === "begins")
      for (const ending of row.endedBy)
        expect(keysOf(ending)).toEqual(
          expect.arrayContaining(keysOf(kind as AlertKind)),
        );
  expect(toPagerduty(alert("whole"), "")[0]).toEqual({
    event_action: "resolve",
    dedup_key: "sisyphus/SisyphusTopicBroken/edits",
  });
});

test("a topic that got worse is the same incident", () => {
  expect(keysOf("escalated")).toEqual(keysOf("broken"));
});

test("a topic of another pipeline is another incident", () => {
  expect(keysOf("broken", {}, "web/")[0]).toBe(
    "sisyphus/web/SisyphusTopicBroken/edits",
  );
});

test("no key is longer than PagerDuty takes, and long names have keys of their own", () => {
  const long = "t".repeat(248);
  const of = (end: string) => keysOf("broken", { topics: [long + end] })[0]!;
  expect(of("a").length).toBeLessThanOrEqual(255);
  expect(of("a")).not.toBe(of("b"));
  expect(keysOf("whole", { topics: [`${long}a`] })).toContain(of("a"));
});

test("no summary is longer than PagerDuty takes", () => {
  const long = alert("broken", { cause: "x".repeat(2000) });
  expect(toPagerduty(long, "")[0]).toMatchObject({
    payload: { summary: expect.stringMatching(/^.{1024}$/) },
  });
});

test("an event that is refused is not tried again, and keeps no other from being told", async () => {
  const { origin, got } = await stub<Event>(({ dedup_key }) =>
    dedup_key.endsWith("/edits") ? 400 : 202,
  );
  const failure = await failureOf(receiver(origin)(alert("broken")));
  expect(got).toHaveLength(2);
  expect(failure).toMatchObject({
    type: "Undeliverable",
    nonRetryable: true,
    message: `PagerDuty at ${origin}: answered 400 to 1 of 2 events (see alerts.pagerduty.oncall.routingKey)`,
  });
});

test.each([429, 500, 503])(
  "an answer of %i is tried again, and what was taken is not sent twice",
  async (status) => {
    let isBusy = true;
    const { origin, got } = await stub<Event>(({ dedup_key }) =>
      isBusy && dedup_key.endsWith("/views") ? status : 202,
    );
    const deliver = receiver(origin);
    const failure = await failureOf(deliver(alert("broken")));
    expect(failure).toMatchObject({ service: "PagerDuty" });
    isBusy = false;
    await deliver(alert("broken"));
    expect(got.map(({ dedup_key }) => dedup_key.slice(-5)).sort()).toEqual([
      "edits",
      "views",
      "views",
    ]);
  },
);

test("an attempt that takes too long is ended before Temporal ends it, and says how far it came", async () => {
  const { origin } = await stub<Event>(() => 202);
  const deliver = receiver(origin);
  let now = 0;
  const clock = jest
    .spyOn(Date, "now")
    .mockImplementation(() => (now += 15_000));
  try {
    const topics = ["a", "b", "c", "d", "e"];
    const failure = await failureOf(deliver(alert("broken", { topics })));
    expect(failure.message).toMatch(/: \d of 5 events were taken in 40 s$/);
  } finally {
    clock.mockRestore();
  }
});

test("the routing key is in no failure, whatever is answered", async () => {
  const { origin } = await stub<Event>(() => 500);
  const failure = await failureOf(receiver(origin)(alert("broken")));
  expect(`${failure.stack} ${String(failure.cause)}`).not.toContain("R0UTE");
});

test("a routing key that is not there is named by its field", async () => {
  const { origin } = await stub<Event>(() => 202);
  const deliver = pagerdutyReceiver(
    { url: origin, routingKey: { file: "/not/there" } },
    "alerts.pagerduty.oncall",
    noTicket,
  );
  expect((await failureOf(deliver(alert("broken")))).message).toBe(
    `PagerDuty at ${origin}: alerts.pagerduty.oncall.routingKey: /not/there cannot be read (ENOENT)`,
  );
});
