import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { loadConfig } from "../../../workers/config";
import { settings } from "../../support/settings";

const dir = mkdtempSync(join(tmpdir(), "sisyphus-config-"));
afterAll(() => rmSync(dir, { recursive: true }));

function written(text: string): string {
  const path = join(dir, "sisyphus.yaml");
  writeFileSync(path, text);
  return path;
}

test("a configuration is read with its defaults", () => {
  expect(loadConfig(written(stringify(settings()))).storage.path).toBe(
    "/wmf/data/sisyphus",
  );
});

test("a file that is not there is named, with how to give another", () => {
  expect(() => loadConfig("/no/such/sisyphus.yaml")).toThrow(
    "no configuration at /no/such/sisyphus.yaml; give --config FILE or SISYPHUS_CONFIG",
  );
});

test("a file that cannot be read, or is not YAML, is named with the reason", () => {
  expect(() => loadConfig(dir)).toThrow(new RegExp(`^${dir}.*EISDIR`));
  expect(() => loadConfig(written("kafka: [\n"))).toThrow(
    /sisyphus\.yaml is not YAML: .*line 2/s,
  );
});
