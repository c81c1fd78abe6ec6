import { Explained, NoAnswer } from "../../../clients/errors";
import { Addresses, addressText, NotActive } from "../../../clients/addresses";

const refused = Object.assign(new Error("connect ECONNREFUSED"), {
  code: "ECONNREFUSED",
});

/** Two addresses, each with what it answers; an answer that is an error is thrown. */
function service(
  answers: Record<string, unknown>,
  options: ConstructorParameters<typeof Addresses>[1] = {},
) {
  const asked: string[] = [];
  const addresses = new Addresses(Object.keys(answers), {
    failoverMs: 0,
    ...options,
  });
  const ask = () =>
    addresses.ask(async (address) => {
      asked.push(address);
      const answer = answers[address];
      if (answer instanceof Error) throw answer;
      return answer;
    });
  return { addresses, answers, asked, ask };
}

test.each<[string, Error]>([
  ["a standby", new NotActive("StandbyException")],
  ["where nobody listens", refused],
  ["of which fetch says so", new Error("fetch failed", { cause: refused })],
])(
  "%s is passed over, and not asked again once the other one has answered",
  async (_, standby) => {
    const { asked, ask, addresses } = service({ one: standby, two: "done" });
    expect(await ask()).toBe("done");
    expect(await ask()).toBe("done");
    expect(asked).toEqual(["one", "two", "two"]);
    expect(addresses.current).toBe("two");
  },
);

test("after a fail-over the other one is found again", async () => {
  const { answers, asked, ask } = service({
    one: "done",
    two: new NotActive("standby"),
  });
  await ask();
  Object.assign(answers, { one: new NotActive("standby"), two: "done" });
  expect(await ask()).toBe("done");
  expect(asked).toEqual(["one", "one", "two"]);
});

test("a fail-over that takes a while is waited for", async () => {
  const standby = new NotActive("standby");
  const { answers, asked, ask } = service(
    { one: standby, two: standby },
    { failoverMs: 60_000 },
  );
  const answer = ask();
  answers["two"] = "done";
  expect(await answer).toBe("done");
  expect(asked.slice(0, 2)).toEqual(["one", "two"]);
});

test("what is not answered may have been done, and another address may be behind: it is passed on, and nobody else is asked", async () => {
  for (const error of [
    new Error("no answer in 30 s"),
    Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }),
    Object.assign(new Error("aborted"), { name: "TimeoutError" }),
  ]) {
    const { asked, ask } = service({ one: error, two: "done" });
    await expect(ask()).rejects.toBe(error);
    await expect(ask()).rejects.toBe(error);
    expect(asked).toEqual(["one", "one"]);
  }
});

test("a connection that was not made in time is passed over", async () => {
  const late = Object.assign(new Error("no connection in 30 s"), {
    code: "ETIMEDOUT",
    syscall: "connect",
  });
  expect(await service({ one: late, two: "done" }).ask()).toBe("done");
});

test("an address is asked whether it is active before it is first used, and again after another one was", async () => {
  let active = "two";
  const confirmed: string[] = [];
  const { answers, asked, ask } = service(
    { one: "behind", two: "done" },
    {
      confirm: async (address) => {
        confirmed.push(address);
        if (address !== active) throw new NotActive("it is observer");
      },
    },
  );
  expect(await ask()).toBe("done");
  expect(await ask()).toBe("done");
  expect(asked).toEqual(["two", "two"]);
  expect(confirmed).toEqual(["one", "two"]);
  Object.assign(answers, { one: "done", two: refused });
  active = "one";
  expect(await ask()).toBe("done");
  expect(confirmed).toEqual(["one", "two", "one"]);
});

test("what is refused by the active one is refused, and nobody else is asked", async () => {
  const denied = new Error("AccessControlException");
  const { asked, ask } = service({ one: denied, two: "done" });
  await expect(ask()).rejects.toBe(denied);
  expect(asked).toEqual(["one"]);
});

test("where none is active each is named with the reason; a single address' own error is passed on", async () => {
  const { ask } = service({ one: new NotActive("standby"), two: refused });
  await expect(ask()).rejects.toThrow(
    "none is active (one: standby; two: connect ECONNREFUSED)",
  );
  await expect(service({ one: refused }).ask()).rejects.toBe(refused);
  expect(addressText(["one", "two"])).toBe("one, two");
});

test("an address that is not believed is passed over; where none is, nobody waits", async () => {
  const asked: string[] = [];
  const addresses = new Addresses(["a", "b"]);
  const believing = (good: string) =>
    addresses.ask(async (address) => {
      asked.push(address);
      if (address !== good) throw new Explained("its certificate has expired");
      return address;
    });
  expect(await believing("b")).toBe("b");
  await expect(believing("c")).rejects.toThrow(
    "none is active: its certificate has expired",
  );
  expect(asked).toEqual(["a", "b", "b", "a"]);
});

const [ONE, TWO] = ["http://one:9870", "http://two:9870"] as const;

test("what an address that hangs was asked for is not done elsewhere, but the next call begins there", async () => {
  const { answers, asked, ask } = service({
    [ONE]: "done",
    [TWO]: new NotActive("standby"),
  });
  await ask();
  Object.assign(answers, { [ONE]: new NoAnswer(30, ONE), [TWO]: "done" });
  await expect(ask()).rejects.toThrow("no answer in 30 s");
  expect(await ask()).toBe("done");
  expect(await ask()).toBe("done");
  expect(asked).toEqual([ONE, ONE, TWO, TWO]);
});

test("an address that has sent on to somebody who hangs is kept", async () => {
  const { answers, asked, ask } = service({
    [ONE]: new NoAnswer(30, "http://datanode:9864"),
    [TWO]: new NotActive("standby"),
  });
  await expect(ask()).rejects.toThrow("no answer in 30 s");
  answers[ONE] = "done";
  expect(await ask()).toBe("done");
  expect(asked).toEqual([ONE, ONE]);
});

test("an address that does not say whether it is active is passed over", async () => {
  const { asked, ask } = service(
    { [ONE]: "done", [TWO]: "done" },
    {
      confirm: async (address) => {
        if (address === ONE) throw new NoAnswer(5, ONE);
      },
    },
  );
  expect(await ask()).toBe("done");
  expect(asked).toEqual([TWO]);
});
