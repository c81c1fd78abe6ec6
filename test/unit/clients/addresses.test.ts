import {
  Addresses,
  addressText,
  NoAnswer,
  NotActive,
} from "../../../clients/addresses";

const refused = Object.assign(new Error("connect ECONNREFUSED"), {
  code: "ECONNREFUSED",
});

/** Two addresses, each with what it answers; an answer that is an error is thrown. */
function service(answers: Record<string, unknown>, failoverMs = 0) {
  const asked: string[] = [];
  const addresses = new Addresses(Object.keys(answers), failoverMs);
  const ask = (changes = false) =>
    addresses.ask(async (address) => {
      asked.push(address);
      const answer = answers[address];
      if (answer instanceof Error) throw answer;
      return answer;
    }, changes);
  return { addresses, answers, asked, ask };
}

test.each<[string, Error]>([
  ["a standby", new NotActive("StandbyException")],
  ["where nobody listens", refused],
  ["of which fetch says so", new Error("fetch failed", { cause: refused })],
])(
  "%s is passed over, also for changes, and not asked again once the other one has answered",
  async (_, standby) => {
    const { asked, ask, addresses } = service({ one: standby, two: "done" });
    expect(await ask(true)).toBe("done");
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
    60_000,
  );
  const answer = ask();
  answers["two"] = "done";
  expect(await answer).toBe("done");
  expect(asked.slice(0, 2)).toEqual(["one", "two"]);
});

test("a read that is not answered is made elsewhere; a change is not made again, and the next one begins elsewhere", async () => {
  for (const error of [
    new NoAnswer("no answer in 30 s"),
    Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }),
    Object.assign(new Error("aborted"), { name: "TimeoutError" }),
  ]) {
    const reading = service({ one: error, two: "done" });
    expect(await reading.ask()).toBe("done");
    const changing = service({ one: error, two: "done" });
    await expect(changing.ask(true)).rejects.toBe(error);
    expect(changing.asked).toEqual(["one"]);
    expect(await changing.ask(true)).toBe("done");
    expect(changing.asked).toEqual(["one", "two"]);
  }
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
