import { MockActivityEnvironment } from "@temporalio/testing";
import {
  sagaId,
  takingSagaNames,
} from "../../../../activities/backfill/saga-id";

const activities = takingSagaNames(
  { who: async (_input: object) => sagaId() },
  "aaaa",
);
/** As a workflow calls it: the saga's name and the digest come behind the input. */
const who = activities.who as (
  input: object,
  saga: string,
  digest?: string,
) => Promise<string>;

test("a worker does what a saga of the same configuration asks for, under the saga's name", async () => {
  expect(await who({}, "backfill/july@1", "aaaa")).toBe("backfill/july@1");
  // Sagas of before name no configuration.
  expect(await who({}, "backfill/july@1")).toBe("backfill/july@1");
});

test("a worker of another configuration refuses, so that another may take it soon, and an operator has time to look", async () => {
  const refusedAt = (attempt: number) =>
    new MockActivityEnvironment({ attempt }).run(() =>
      who({}, "backfill/july@1", "bbbb"),
    );
  await expect(refusedAt(1)).rejects.toMatchObject({
    type: "OtherConfiguration",
    nonRetryable: false,
    nextRetryDelay: 1000,
    message: expect.stringContaining(
      "(aaaa) is not the one that the saga goes by (bbbb)",
    ) as string,
  });
  await expect(refusedAt(19)).rejects.toMatchObject({ nextRetryDelay: 60_000 });
});
