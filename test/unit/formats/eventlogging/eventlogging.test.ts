import {
  capsuleUuid,
  parseCapsuleLine,
  uuidOfLine,
} from "../../../../formats/eventlogging/event-capsule";

test("uuids are EventLogging's own", () => {
  expect(capsuleUuid("fenari", 12345, "2013-01-21T18:10:34.912000")).toBe(
    "93e0f58d0c605e90a3c4861b1f00c407",
  );
  expect(capsuleUuid("srv0.example.org", 132073, "2013-01-19T23:16:38Z")).toBe(
    "749684341abf513186c71f74c6a09502",
  );
  expect(capsuleUuid("srv0.example.org", 132073, "2013-01-19T23:16:38")).toBe(
    "e6b17e1f661155bd8523d14c87d0600b",
  );
});

const EVENT = {
  dt: "2018-06-26T18:03:07Z",
  event: { action: "init", n: 3 },
  ip: "81.2.69.142",
  recvFrom: "cp1066",
  revision: 1,
  schema: "Edit",
  seqId: 1,
  uuid: "93e0f58d0c605e90a3c4861b1f00c407",
  wiki: "enwiki",
};

test("a truncated archive line is not an event, and says so", () => {
  const line = JSON.stringify(EVENT);
  expect(parseCapsuleLine(line)).toEqual({ event: EVENT });
  expect(parseCapsuleLine(line.slice(0, 60))).toEqual({
    error: "not JSON (truncated or corrupt)",
  });
  expect(parseCapsuleLine('{"event": []}')).toHaveProperty("error");
});

test("an event is known by the uuid that it has itself, not by one that its text holds", () => {
  const { uuid } = EVENT;
  const other = "0".repeat(32);
  const written: string[] = [
    // Keys are sorted, so that the event's own fields come before the capsule's.
    `{"event": {"uuid": "${other}"}, "uuid": "${uuid}"}`,
    `{"uuid" : "${uuid}"}`,
    `{"uuid": "\\u0039${uuid.slice(1)}"}`,
    `{"note": "\\"uuid\\": \\"${other}\\"", "uuid":"${uuid}"}`,
  ];
  for (const text of written) expect(uuidOfLine(text)).toBe(uuid);
  for (const text of [`{"event": {"uuid": "${other}"}}`, "{", "null", "[]"])
    expect(uuidOfLine(text)).toBeUndefined();
});
