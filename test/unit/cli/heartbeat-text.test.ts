import { heartbeatText } from "../../../cli/heartbeat-text";

test("of bytes that are read, how many, how fast and how long still is told in words", () => {
  const mb = (n: number) => n * 2 ** 20;
  const progress = { bytes: mb(600), ofBytes: mb(2048), perSecond: mb(300), secondsLeft: 5 }; // prettier-ignore
  expect(heartbeatText({ progress })).toContain(
    "600 of 2048 MB, 300 MB a second, about 5 s left, {",
  );
  expect(heartbeatText({ progress: { landed: 1 } })).toBe(
    '{"progress":{"landed":1}}',
  );
});

test("of events that are replayed, how many, how fast and how long still is told in words", () => {
  const progress = { replayed: 50_000, total: 2_000_000, bytes: 40e6, perSecond: 499.6, bytesPerSecond: 5e5, secondsLeft: 3900 }; // prettier-ignore
  expect(heartbeatText({ progress })).toContain(
    "50000 of 2000000 events, 40 MB by this attempt, 500 events and 0.5 MB a second, about 65 min 00 s left, {",
  );
  expect(
    heartbeatText({ progress: { replayed: 0, total: 7, bytes: 0 } }),
  ).toContain("0 of 7 events, 0 MB by this attempt, {");
});

test("of topic-hours that are verified, and of flags that are cleared, it is told as well", () => {
  const progress = { hours: 120, ofHours: 2000, bytes: 2 ** 22, perSecond: 128.5, secondsLeft: 15 }; // prettier-ignore
  expect(heartbeatText({ progress })).toContain(
    "120 of 2000 topic-hours, 4 MB by this attempt, 128.5 a second, about 15 s left, {",
  );
  expect(heartbeatText({ progress: { hours: 0, ofHours: 9, bytes: 0 } })).toBe(
    '0 of 9 topic-hours, 0 MB by this attempt, {"progress":{"hours":0,"ofHours":9,"bytes":0}}',
  );
  expect(heartbeatText({ progress: { flags: 3, ofFlags: 70 } })).toContain(
    "3 of 70 flags, {",
  );
});

test("what is no number is not put into words", () => {
  for (const progress of [
    { bytes: 1, ofBytes: "2" },
    { bytes: 1, ofBytes: 2, perSecond: "3" },
  ])
    expect(heartbeatText({ progress })).toBe(JSON.stringify({ progress }));
  expect(heartbeatText({})).toBe("{}");
});
