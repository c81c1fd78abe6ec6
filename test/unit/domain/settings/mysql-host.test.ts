import { issuesText } from "../../../../domain/settings/issues-text";
import { mysql } from "../../../../domain/settings/sections/cluster";

const isHost = (host: string) =>
  mysql.safeParse({ host, user: "sisyphus" }).success;

test.each([
  ...["db", "db.example.org:3307", "10.0.0.1", "10.0.0.1:3307"],
  ...["::1", "2001:db8::1", "[2001:db8::1]:3306"],
])("%s is a host of MySQL", (host) => {
  expect(isHost(host)).toBe(true);
});

test.each([":3306", "db:", "db:0", "db:70000", "a/b", "otto@db", "db 2", ""])(
  "%j is no host of MySQL",
  (host) => {
    expect(isHost(host)).toBe(false);
  },
);

const SETTINGS = { host: "db", user: "u" };
test.each([
  [{ ...SETTINGS, host: "m4-master" }, ""],
  [{ ...SETTINGS, host: ["db1", "db2:3307", "[::1]:3306", "::1"] }, ""],
  [{ ...SETTINGS, tls: true, password: { file: "/p" } }, ""],
  [{ ...SETTINGS, tls: { ca: "/ca" } }, ""],
  [{ ...SETTINGS, host: [] }, "host: "],
  [{ ...SETTINGS, host: "db:70000" }, "host: a port up to 65535"],
  [{ ...SETTINGS, password: "abc" }, "password: a secret is named by"],
  [
    { ...SETTINGS, tls: { keystore: "/p12" } },
    "tls.keystore: MySQL's client reads none",
  ],
  [{ ...SETTINGS, tls: { key: "/k" } }, "tls.certificate: missing"],
])("settings of MySQL: %j", (given, fault) => {
  const { error } = mysql.safeParse(given);
  expect(error ? issuesText("mysql", error) : "").toContain(fault);
  expect(error === undefined).toBe(fault === "");
});
