import { configDigest } from "../../../../domain/settings/config-digest";
import {
  identityText,
  readIdentity,
} from "../../../../domain/settings/worker-identity";
import { CONFIG } from "../../../chaos/memory/scenario";

const digest = configDigest(CONFIG);

test("what a saga goes by makes another digest", () => {
  for (const other of [
    { ...CONFIG, kafka: { ...CONFIG.kafka, brokers: ["other:9092"] } },
    { ...CONFIG, search: { ...CONFIG.search, otherHosts: ["second"] } },
    { ...CONFIG, replay: { ...CONFIG.replay, batchEvents: 7 } },
    { ...CONFIG, refine: { ...CONFIG.refine!, class: "Other" } },
  ])
    expect(configDigest(other)).not.toBe(digest);
});

test("which MySQL is read makes another digest; who asks and how, and which replica is preferred, makes none", () => {
  const of = (mysql: object) =>
    configDigest({
      ...CONFIG,
      mysql: {
        host: ["a", "b"],
        port: 1,
        user: "u",
        database: "log",
        ...mysql,
      },
    });
  expect(of({ database: "other" })).not.toBe(of({}));
  expect(of({ host: "a" })).not.toBe(of({}));
  for (const same of [
    { host: ["b", "a"] },
    { password: { file: "/etc/here" }, tls: true },
  ])
    expect(of(same)).toBe(of({}));
});

test("what belongs to one host, or to no saga, makes none", () => {
  for (const other of [
    { ...CONFIG, archive: { ...CONFIG.archive!, files: ["/elsewhere"] } },
    { ...CONFIG, importer: { ...CONFIG.importer, log: "/elsewhere" } },
    { ...CONFIG, webUi: "http://127.0.0.1:8233" },
    { ...CONFIG, owners: [{ name: "a", topics: "a", receivers: ["smtp"] }] },
    { ...CONFIG, policy: { ...CONFIG.policy, severity: "critical" as const } },
  ])
    expect(configDigest(other)).toBe(digest);
});

test("what an exception says of broken hours makes another digest, how urgent it is makes none", () => {
  const of = (exception: object) =>
    configDigest({ ...CONFIG, policies: [{ topics: "a", ...exception }] });
  expect(of({ graceHours: 7 })).not.toBe(of({}));
  expect(of({ severity: "critical" })).toBe(of({}));
});

test("hosts that name one another as those with archives have the same", () => {
  const at = (host: string, otherHosts: string[]) =>
    configDigest({
      ...CONFIG,
      archive: { ...CONFIG.archive!, host },
      search: { ...CONFIG.search, otherHosts },
    });
  expect(at("a", ["b", "c"])).toBe(at("b", ["c", "a"]));
  expect(at("a", ["b"])).not.toBe(at("a", []));
});

test("a worker's identity tells its version and its configuration; that of another worker tells nothing", () => {
  const worker = { process: "7@host", version: "0.3.0", config: digest };
  expect(readIdentity(identityText(worker))).toEqual(worker);
  expect(readIdentity("7@host")).toBeUndefined();
});
