import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PATCHES } from "../../../../workflows/support/patches";

const ROOT = join(__dirname, "../../../..");

const filesIn = (folder: string, end: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(end))
    .map((name) => ({
      name: `${folder}/${name}`,
      text: readFileSync(join(ROOT, folder, name), "utf8"),
    }));

test("workflows ask for a change by its id in the table, never with patched() itself", () => {
  const callers = filesIn("workflows", ".ts").filter(({ text }) =>
    /\b(patched|deprecatePatch)\([^)]/.test(text),
  );
  expect(callers.map(({ name }) => name)).toEqual([
    "workflows/support/patches.ts",
  ]);
});

test("every change that a stored history carries is in the table", () => {
  const ids = filesIn("test/histories", ".json").flatMap(({ text }) =>
    idsIn(text),
  );
  expect(ids).toContain("fan-out");
  expect(Object.keys(PATCHES)).toEqual(expect.arrayContaining(ids));
});

/** The ids of `core_patch` markers in a history; each lies in a payload, base64-encoded JSON. */
function idsIn(history: string): string[] {
  const { events } = JSON.parse(history) as {
    events: {
      markerRecordedEventAttributes?: {
        markerName: string;
        details: Record<string, { payloads: { data: string }[] }>;
      };
    }[];
  };
  return events.flatMap(({ markerRecordedEventAttributes: marker }) => {
    if (marker?.markerName !== "core_patch") return [];
    const [payload] = marker.details["patch-data"]!.payloads;
    const json = Buffer.from(payload!.data, "base64").toString("utf8");
    return [(JSON.parse(json) as { id: string }).id];
  });
}
