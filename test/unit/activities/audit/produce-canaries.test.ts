import { produceCanariesOnce } from "../../../../activities/audit/produce-canaries";
import { Storage } from "../../../../clients/storage";
import { canary } from "../../../../domain/settings/sections/audit";
import { namingRules } from "../../../../domain/settings/dataset";
import { canaryId } from "../../../../formats/events/canary-of-stream";
import { EVENTS, NAMING } from "../../../support/event-platform";
import { MemoryFiles } from "../../../support/memory-hdfs";

const HOUR = "2026-03-07T05";
const TOPIC = "eqiad.mediawiki.page-create";
const SCHEMA = "/mediawiki/revision/create/1.1.0";

type Sent = {
  topic: string;
  messages: { value: string; timestamp: string; headers: object }[];
};

/** What is sent to these topics. */
async function produced(topics: string[], config: object) {
  const { hdfs } = new MemoryFiles();
  const sent: Sent[] = [];
  const kafka = {
    topics: async () => topics,
    offsets: async () => [{ partition: 0, low: "0", high: "7" }],
    calling: (work: () => unknown) => work(),
    js: {
      producer: () => ({
        connect: async () => undefined,
        disconnect: async () => undefined,
        send: async (record: Sent) => {
          sent.push(record);
          return [{ partition: 0, baseOffset: "7" }];
        },
      }),
    },
  };
  const clients = { kafka, config, storage: new Storage(hdfs, "/sisyphus") };
  const canaries = await produceCanariesOnce(
    clients as never,
    HOUR,
    true,
    () => undefined,
  ).catch((error: Error) => error);
  return { canaries, sent };
}

const platform = (examples: object[]) => ({
  canary: canary.parse({ topics: "eqiad.*", examples }),
  events: EVENTS,
  naming: NAMING,
});

test("a topic of an event platform gets a copy of the first example that is for it", async () => {
  const { canaries, sent } = await produced(
    [TOPIC, "codfw.mediawiki.page-create"],
    platform([
      { topics: ".*page-delete", event: { $schema: "/other" } },
      { topics: ".*page-create", event: { $schema: SCHEMA, page_id: 1 } },
      { topics: ".*", event: {} },
    ]),
  );
  expect(canaries).toEqual([{ topic: TOPIC, partition: 0, offset: "7" }]);
  const [{ topic, messages }] = sent as [Sent];
  expect(topic).toBe(TOPIC);
  expect(messages[0]).toMatchObject({
    timestamp: String(Date.parse("2026-03-07T05:30:00Z")),
    headers: { "canary-id": HOUR },
  });
  expect(JSON.parse(messages[0]!.value)).toEqual({
    $schema: SCHEMA,
    page_id: 1,
    meta: {
      domain: "canary",
      stream: "mediawiki.page-create",
      dt: "2026-03-07T05:30:00Z",
      id: canaryId(TOPIC, HOUR),
    },
  });
});

test("nothing is produced where a topic has no example, and the topic is named", async () => {
  const { canaries, sent } = await produced(
    [TOPIC, "eqiad.other"],
    platform([{ topics: ".*page-create", event: { $schema: SCHEMA } }]),
  );
  expect((canaries as Error).message).toContain(
    "canary.examples has no event for eqiad.other",
  );
  expect(sent).toEqual([]);
});

test("EventLogging's canaries need no example", async () => {
  const { sent } = await produced(["eventlogging_Edit"], {
    canary: canary.parse({ topics: ".*" }),
    naming: namingRules.parse({}),
  });
  expect(JSON.parse(sent[0]!.messages[0]!.value)).toMatchObject({
    schema: "Edit",
    recvFrom: "canary.sisyphus",
    dt: "2026-03-07T05:30:00Z",
  });
});
