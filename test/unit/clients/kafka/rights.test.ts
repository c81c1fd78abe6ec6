import type { Kafka as KafkaJs } from "kafkajs";
import {
  connectWithRight,
  groupRights,
  topicRights,
  tryTransactionalId,
} from "../../../../clients/kafka/rights";
import {
  GROUP_RIGHTS_ANSWER,
  TOPIC_RIGHTS_ANSWER,
} from "../../../fuzz/seeds/kafka";

/** Brokers that know these versions of Metadata and DescribeGroups; every request is kept. */
function brokers(metadata: number, groups: number, refusal?: string) {
  const requests: { apiKey: number; apiVersion: number; bytes: Buffer }[] = [];
  type Call = {
    request: {
      apiKey: number;
      apiVersion: number;
      encode: () => Promise<{ buffer: Buffer }>;
    };
    response: { decode: (bytes: Buffer) => Promise<unknown> };
  };
  const send = async ({ request, response }: Call) => {
    const { apiKey, apiVersion } = request;
    const { buffer: bytes } = await request.encode();
    requests.push({ apiKey, apiVersion, bytes });
    return response.decode(
      apiKey === 3 ? TOPIC_RIGHTS_ANSWER : GROUP_RIGHTS_ANSWER,
    );
  };
  const broker = {
    versions: { 3: { maxVersion: metadata }, 15: { maxVersion: groups } },
    connectionPool: { getConnection: async () => ({ send }) },
    findGroupCoordinator: async () => {
      if (refusal !== undefined)
        throw Object.assign(new Error(refusal), { type: refusal });
    },
  };
  const cluster = {
    connect: async () => undefined,
    refreshMetadataIfNecessary: async () => undefined,
    disconnect: async () => undefined,
    findControllerBroker: async () => broker,
    findGroupCoordinator: async () => broker,
  };
  const js = {
    [Symbol("private:Kafka:createCluster")]: () => cluster,
  } as unknown as KafkaJs;
  return { js, requests };
}

const names = (n: number) => Array.from({ length: n }, (_, i) => `t${i}`);

test("thousands of topics are asked about in a few requests, none at all in one", async () => {
  const { js, requests } = brokers(12, 5);
  const told = await topicRights(js, names(1200));
  expect(told?.topics.get("abc")?.operations).toContain("Write");
  expect(requests).toHaveLength(3);
  expect(requests.map(({ bytes }) => bytes.readInt32BE())).toEqual([
    500, 500, 200,
  ]);
  await topicRights(js, []);
  expect(requests).toHaveLength(4);
});

test("brokers that are too old are not asked", async () => {
  const { js, requests } = brokers(7, 2);
  expect(await topicRights(js, ["abc"])).toBeUndefined();
  expect(await groupRights(js, "g")).toBeUndefined();
  expect(requests).toEqual([]);
});

test("a group's rights are asked of its coordinator", async () => {
  const { js, requests } = brokers(12, 5);
  expect(await groupRights(js, "g")).toContain("Delete");
  expect(requests).toMatchObject([{ apiKey: 15, apiVersion: 3 }]);
});

test("that a coordinator must not be known of is told as brokers say it, though kafkajs drops why", async () => {
  const group = "GROUP_AUTHORIZATION_FAILED";
  await expect(groupRights(brokers(12, 5, group).js, "g")).rejects.toThrow(
    group,
  );
  const id = "TRANSACTIONAL_ID_AUTHORIZATION_FAILED";
  await expect(
    tryTransactionalId(brokers(12, 5, id).js, "sisyphus-x"),
  ).rejects.toThrow(id);
});

test("a coordinator that is not there yet is waited for as kafkajs does", async () => {
  const { js } = brokers(12, 5, "GROUP_COORDINATOR_NOT_AVAILABLE");
  expect(await groupRights(js, "g")).toContain("Read");
});

test("a producer without the right to its transactional id fails by the right's name", async () => {
  const { js } = brokers(12, 5, "TRANSACTIONAL_ID_AUTHORIZATION_FAILED");
  await expect(
    connectWithRight(js, "sisyphus-x", { transactionTimeoutMs: 1000 }),
  ).rejects.toThrow("the right Write on the transactional id sisyphus-x is");
});
