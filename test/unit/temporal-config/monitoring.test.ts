import { readFileSync } from "node:fs";
import { join } from "node:path";
import { metricsText } from "../../../workers/metrics";
import type { Storage } from "../../../clients/storage";
import { parseConnectorFileName } from "../../../formats/confluent-hdfs/connector-file-name";

const folder = join(__dirname, "../../../temporal-config/monitoring");

test("dashboard and alert rules ask for metrics that are served", async () => {
  const empty = { read: async () => undefined } as unknown as Storage;
  const served = new Set(
    [...(await metricsText(empty)).matchAll(/^# TYPE (\w+)/gm)].map(
      (m) => m[1],
    ),
  );
  for (const file of ["alert-rules.yaml", "grafana-dashboard.json"]) {
    const asked = [
      ...readFileSync(join(folder, file), "utf8").matchAll(/sisyphus_\w+/g),
    ].map((m) => m[0]);
    expect(asked.length).toBeGreaterThan(3);
    for (const name of asked) expect(served).toContain(name);
  }
});

test("the HDFS connector's names are read, its inclusive end and zero padding included", () => {
  expect(
    parseConnectorFileName("my.topic-1+3+0000000100+0000000199.avro"),
  ).toEqual({
    topic: "my.topic-1",
    partition: 3,
    start: "100",
    last: "199",
    extension: ".avro",
  });
  expect(parseConnectorFileName("my.topic+0+0000000009+0000000001.json")).toBe(
    undefined,
  );
  expect(parseConnectorFileName("_SUCCESS")).toBe(undefined);
});
