import { configuredReceivers } from "../../../../../activities/incidents/receivers/receivers";

const names = (settings: Parameters<typeof configuredReceivers>[0]) => [
  ...configuredReceivers(settings, { webToken: async () => "" }).keys(),
];

test("only what is configured receives alerts", () => {
  expect(names({})).toEqual([]);
  expect(names({ alertmanager: "http://127.0.0.1:9093" })).toEqual([
    "alertmanager",
  ]);
  expect(
    names({
      smtp: {
        host: "localhost",
        port: 25,
        secure: false,
        from: "a@example.org",
        to: ["b@example.org"],
      },
      webhook: "http://127.0.0.1/hook",
    }),
  ).toEqual(["webhook", "smtp"]);
});
