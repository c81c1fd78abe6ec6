import { parseConfig } from "../../../../domain/settings/config";
import { settings } from "../../../support/settings";

const read =
  (path: string, ...allowedPrefixes: string[]) =>
  () =>
    parseConfig(settings({ storage: { path }, allowedPrefixes }));

test("a storage folder outside the allowed prefixes is refused: nothing could be written there", () => {
  expect(read("/tmp/sisyphus", "/wmf/data/event", "/wmf/camus")).toThrow(
    "storage.path: /tmp/sisyphus lies outside allowedPrefixes (/wmf/data/event, /wmf/camus), so nothing could be written there",
  );
  expect(read("/wmf/data/sisyphus2", "/wmf/data/sisyphus")).toThrow(
    "storage.path",
  );
  expect(read("/wmf/../tmp", "/wmf")).toThrow("storage.path");
});

test("the storage folder may be an allowed prefix, or lie below one", () => {
  expect(read("/wmf/data/sisyphus", "/wmf/data/sisyphus")).not.toThrow();
  expect(read("/wmf/data/sisyphus", "/wmf/data/sisyphus/")).not.toThrow();
  expect(read("/wmf/data/sisyphus", "/tmp", "/wmf")).not.toThrow();
});
