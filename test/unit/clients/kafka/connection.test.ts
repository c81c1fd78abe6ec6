import { Kafka } from "../../../../clients/kafka/kafka";

test("a connection that was asked about many topics is replaced, and ends only after its last call", async () => {
  const kafka = new Kafka(["127.0.0.1:1"]);
  const made: { ended: boolean }[] = [];
  const js = kafka.js as unknown as { admin: () => unknown };
  js.admin = () => {
    const client = { ended: false };
    made.push(client);
    return {
      connect: async () => undefined,
      disconnect: async () => void (client.ended = true),
      fetchTopicOffsets: async () => [],
    };
  };
  let finish = () => undefined as void;
  const slow = kafka.withAdmin(
    () => new Promise<void>((done) => (finish = done)),
    "slow",
  );
  for (let i = 0; i < 100; i++) await kafka.offsets(`t${i}`);
  expect(made.length).toBeGreaterThan(2);
  expect(made.length).toBeLessThan(6);
  expect(made[0]!.ended).toBe(false);
  expect(made[1]!.ended).toBe(true);
  finish();
  await slow;
  expect(made[0]!.ended).toBe(true);
  await kafka.close();
  expect(made.every((c) => c.ended)).toBe(true);
});

test("whom the brokers refuse asks again with the next call, as a password may have been changed by then", async () => {
  const kafka = new Kafka(["127.0.0.1:1"]);
  const answers = [
    Object.assign(new Error("wrong password"), { retriable: false }),
    undefined,
  ];
  let open = 0;
  const js = kafka.js as unknown as { admin: () => unknown };
  js.admin = () => ({
    connect: async () => {
      open++;
      const refusal = answers.shift();
      if (refusal) throw refusal;
    },
    disconnect: async () => void open--,
    listTopics: async () => ["Edit"],
  });
  await expect(kafka.topics()).rejects.toThrow("wrong password");
  // Its sockets and timers would keep the process from ending.
  expect(open).toBe(0);
  expect(await kafka.topics()).toEqual(["Edit"]);
  await kafka.close();
});

test("a log's end is asked for as it is, and not as a reader of committed records sees it; consumers see what they want", () => {
  const { js } = new Kafka(["127.0.0.1:1"]);
  const symbol = Object.getOwnPropertySymbols(js).find(
    ({ description }) => description === "private:Kafka:createCluster",
  )!;
  const make = jest.spyOn(
    js as unknown as Record<
      symbol,
      (options: object) => { isolationLevel: number }
    >,
    symbol as never,
  ) as unknown as jest.SpyInstance<{ isolationLevel: number }>;
  js.admin();
  js.consumer({ groupId: "committed" });
  js.consumer({ groupId: "all", readUncommitted: true });
  const levels = make.mock.results.map(
    ({ value }) => (value as { isolationLevel: number }).isolationLevel,
  );
  expect(levels).toEqual([0, 1, 0]);
});

test("of no topics no configs are asked for: an audit whose topics Kafka has lost goes on", async () => {
  const kafka = new Kafka(["127.0.0.1:1"]);
  expect(await kafka.topicConfigs([])).toEqual(new Map());
});
