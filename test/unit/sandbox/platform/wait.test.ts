import { Fatal, until } from "../../../../sandbox/platform/wait";

test("what gives a value is waited for, failures in between included", async () => {
  const answers = [undefined, false, new Error("not yet"), "here"];
  const found = await until(
    "it",
    10,
    () => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    1,
  );
  expect(found).toBe("here");
});

test("a deadline names what was awaited, and why it was not there", async () => {
  await expect(
    until(
      "the broker",
      0.01,
      () => {
        throw new Error("connection refused");
      },
      1,
    ),
  ).rejects.toThrow("waited 0.01 s for the broker (last: connection refused)");
});

test("why it was not there counts more than that it is late", async () => {
  let asked = 0;
  await expect(
    until(
      "the broker",
      0.05,
      async () => {
        if (asked++ === 0) throw new Error("connection refused");
        return new Promise<boolean>(() => undefined);
      },
      1,
    ),
  ).rejects.toThrow("(last: connection refused)");
});

test("a condition that does not answer ends by the deadline, too", async () => {
  await expect(
    until("the broker", 0.01, () => new Promise<boolean>(() => undefined)),
  ).rejects.toThrow("it was asked, and has not answered");
});

test("what cannot come any more is not waited for", async () => {
  await expect(
    until("the broker", 60, () => {
      throw new Fatal("it ended");
    }),
  ).rejects.toThrow("it ended");
});
