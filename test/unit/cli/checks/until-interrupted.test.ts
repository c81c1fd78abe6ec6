import { untilInterrupted } from "../../../../cli/checks/until-interrupted";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const listeners = () => SIGNALS.map((signal) => process.listenerCount(signal));

afterEach(() => jest.restoreAllMocks());

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)(
  "%s ends the process once nothing is left behind, a second one at once",
  async (signal, code) => {
    const before = listeners();
    jest.spyOn(console, "error").mockImplementation(() => undefined);
    const exited = new Promise((resolve) => {
      jest.spyOn(process, "exit").mockImplementation((with_) => {
        resolve(with_);
        return undefined as never;
      });
    });
    let isClean = () => undefined as void;
    const cleanUp = new Promise<void>((resolve) => (isClean = resolve));
    let end = () => undefined as void;
    const work = new Promise<void>((resolve) => (end = resolve));
    const waiting = untilInterrupted(work, () => cleanUp);
    process.emit(signal, signal);
    expect(process.exit).not.toHaveBeenCalled();
    // What Node does of itself ends it now.
    expect(listeners()).toEqual(before);
    isClean();
    expect(await exited).toBe(code);
    end();
    await waiting;
  },
);

test("work that ends, well or not, leaves signals as they were", async () => {
  const before = listeners();
  const nothing = async () => undefined;
  expect(await untilInterrupted(Promise.resolve(7), nothing)).toBe(7);
  await expect(
    untilInterrupted(Promise.reject(new Error("no")), nothing),
  ).rejects.toThrow("no");
  expect(listeners()).toEqual(before);
});
