import { provenTo } from "../../../clients/cluster";
import { parseConfig } from "../../../domain/settings/config";
import { settings } from "../../support/settings";

const to = (changes: Record<string, unknown>) =>
  provenTo(parseConfig(settings(changes)));
const principal = "hive/_HOST@EXAMPLE.ORG";
const kafka = { sasl: { mechanism: "gssapi" } };

test("a ticket is taken on the way to a service that wants to know who asks, and to no other", () => {
  expect(to({})).toBe(undefined);
  expect(to({ security: { kafka } })).toEqual({
    service: "kafka",
    host: "kafka1",
  });
  expect(to({ security: { kafka, metastore: { principal } } })).toEqual({
    service: "hive",
    host: "metastore",
  });
  expect(
    to({
      security: { kafka, metastore: { principal }, hadoop: { kerberos: true } },
    }),
  ).toEqual({ service: "HTTP", host: "namenode" });
});
