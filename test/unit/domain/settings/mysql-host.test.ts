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
