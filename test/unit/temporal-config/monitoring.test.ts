import { readFileSync } from "node:fs";
import { join } from "node:path";
import { metricsText } from "../../../workers/metrics";
import type { Storage } from "../../../clients/storage";

const folder = join(__dirname, "../../../temporal-config/monitoring");

test("dashboard and alert rules ask for metrics that are served", async () => {
  const empty = { read: async () => undefined } as unknown as Storage;
  const served = new Set(
    [
      ...(await metricsText([{ storage: empty }])).matchAll(/^# TYPE (\w+)/gm),
    ].map((m) => m[1]),
  );
  for (const file of ["alert-rules.yaml", "grafana-dashboard.json"]) {
    const asked = [
      ...readFileSync(join(folder, file), "utf8").matchAll(/sisyphus_\w+/g),
    ].map((m) => m[0]);
    expect(asked.length).toBeGreaterThan(3);
    for (const name of asked) expect(served).toContain(name);
  }
});
