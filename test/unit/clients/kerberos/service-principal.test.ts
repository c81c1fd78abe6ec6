import { serviceOf } from "../../../../clients/kerberos/service-principal";

test.each([
  ["hive/_HOST@EXAMPLE.ORG", "Hive1.Example.Org", "hive1.example.org"],
  ["hive/meta.example.org@EXAMPLE.ORG", "10.0.0.1", "meta.example.org"],
  ["hive/_HOST", "localhost", "localhost"],
])("%s, asked at %s, is known by %s", (principal, asked, host) => {
  expect(serviceOf(principal, asked)).toEqual({ service: "hive", host });
});
