import { parseConfig } from "../../../../domain/settings/config";
import { eventReaderOf } from "../../../../domain/settings/event-reader";
import { CAPSULES } from "../../../../formats/eventlogging/capsules";
import { settings } from "../../../support/settings";

const POINTERS = {
  identity: "/meta/id",
  time: "/meta/dt",
  stream: "/meta/stream",
};

test("without the section events are EventLogging's capsules", () => {
  expect(eventReaderOf(parseConfig(settings()))).toBe(CAPSULES);
});

test("with it they are read by its pointers, and their rows by the columns of the same names", () => {
  const reader = eventReaderOf(
    parseConfig(
      settings({
        events: { ...POINTERS, identity: ["/meta/id", "/event-id/$value"] },
      }),
    ),
  );
  expect(reader.columns).toEqual({
    // Hive takes letters, digits and underscores.
    uuid: [
      ["meta", "id"],
      ["event_id", "_value"],
    ],
    ip: [["http", "client_ip"], ["ip"], ["client_ip"]],
  });
});

test.each([
  [
    { ...POINTERS, identity: "meta.id" },
    'events.identity: given "meta.id", which is no JSON pointer (RFC 6901) such as /meta/id',
  ],
  [
    { ...POINTERS, time: ["/meta/dt", "dt"] },
    'events.time.1: given "dt", which is no JSON pointer',
  ],
  [{ ...POINTERS, stream: undefined }, "events.stream"],
  [{ ...POINTERS, identity: [] }, "events.identity"],
])("%j is refused by its field", (events, message) => {
  expect(() => parseConfig(settings({ events }))).toThrow(message);
});

test("MySQL's tables hold capsules, and are refused beside pointers", () => {
  const mysql = { host: "db", database: "log", user: "research" };
  expect(() => parseConfig(settings({ mysql }))).not.toThrow();
  expect(() => parseConfig(settings({ mysql, events: POINTERS }))).toThrow(
    "mysql: given together with `events`",
  );
});
