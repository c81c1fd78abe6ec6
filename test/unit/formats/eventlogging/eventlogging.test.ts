import {
  capsuleUuid,
  parseCapsuleLine,
  uuidOfLine,
} from "../../../../formats/eventlogging/event-capsule";
import { mysqlRow } from "../../../../formats/eventlogging/mysql-row";

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

test("an event's faults are told by its fields, not by what they hold", () => {
  const secret = "198.51.100.7";
  for (const field of Object.keys(EVENT)) {
    for (const value of [secret, [secret], { ip: secret }, 1.5, null]) {
      const read = parseCapsuleLine(
        JSON.stringify({ ...EVENT, [field]: value }),
      );
      expect(JSON.stringify("error" in read ? read : "")).not.toContain(secret);
    }
  }
  expect(parseCapsuleLine(`{"ip":"${secret}",}`)).toEqual({
    error: "not JSON (truncated or corrupt)",
  });
});

test("values that lie too deep in one another make no event; brackets in a text do", () => {
  const nested = (depth: number) =>
    JSON.stringify(EVENT).replace(
      /"event":\{/,
      `$&"deep":${"[".repeat(depth)}${"]".repeat(depth)},`,
    );
  expect(parseCapsuleLine(nested(500))).toHaveProperty("event");
  expect(parseCapsuleLine(nested(100_000))).toEqual({
    error: expect.stringContaining("deep") as unknown,
  });
  const texts = JSON.stringify({ ...EVENT, webHost: '[\\"{'.repeat(5000) });
  expect(parseCapsuleLine(texts)).toHaveProperty("event");
});

test("a row has a time even where its event's cannot be", () => {
  const { dt: _, ...undated } = EVENT;
  expect(mysqlRow({ ...undated, timestamp: 1e300 })["timestamp"]).toBe(
    "19700101000000",
  );
});
