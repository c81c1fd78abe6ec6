import type { Producer } from "kafkajs";
import { sendBatch } from "../../../../activities/backfill/replay-producer";
import type { EventCapsule } from "../../../../formats/eventlogging/event-capsule";

type Sent = { partition: number; value: string; timestamp: string };

/** A producer that keeps what it is given. */
function producer() {
  const batches: Sent[][] = [];
  return {
    batches,
    producer: {
      transaction: async () => ({
        send: async ({ messages }: { messages: Sent[] }) =>
          void batches.push(messages),
        commit: async () => undefined,
        abort: async () => undefined,
      }),
    } as unknown as Producer,
  };
}

const outgoing = (index: number) => ({
  index,
  event: {
    uuid: String(index).padStart(32, "0"),
    dt: "2018-07-05T03:00:00Z",
  } as EventCapsule,
  value: `{"n": 1.0, "index": ${index}}`,
});

test("an event's partition follows from its index, so that a batch that is sent again goes where it went", async () => {
  const { producer: to, batches } = producer();
  const options = { compression: "none" as const, partitions: 3 };
  await sendBatch(to, "s", "t", [3, 4, 5, 6].map(outgoing), options);
  await sendBatch(to, "s", "t", [4, 6].map(outgoing), options);
  expect(batches.map((b) => b.map(({ partition }) => partition))).toEqual([
    [0, 1, 2, 0],
    [1, 0],
  ]);
});

test("what is produced is the event's own text, at the event's own time", async () => {
  const { producer: to, batches } = producer();
  await sendBatch(to, "s", "t", [outgoing(7)], { compression: "none" });
  expect(batches[0]![0]).toMatchObject({
    partition: 0,
    value: '{"n": 1.0, "index": 7}',
    timestamp: String(Date.parse("2018-07-05T03:00:00Z")),
  });
});
