import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serveHttp } from "../../../workers/http-server";

let server: Server | undefined;
afterEach(() => server?.close());

/** Asks a server whose storage holds one report of an audit. */
async function get(path: string, storageIsDown = false) {
  const read = <T>(value: T) =>
    storageIsDown
      ? Promise.reject(new Error("HDFS does not answer"))
      : Promise.resolve(value);
  server = await serveHttp(
    {
      read: () => read(undefined),
      readRef: () => Promise.reject(new Error("there is no reference")),
      readText: ({ folder, name }) =>
        read(
          folder === "audit/hourly" && name === "audit.html"
            ? "<p>whole</p>"
            : undefined,
        ),
    },
    { host: "127.0.0.1", port: 0 },
  );
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    text: await response.text(),
  };
}

test("metrics and the reports of audits are served", async () => {
  expect((await get("/metrics")).text).toContain("sisyphus_completeness_ratio");
  server?.close();
  expect(await get("/reports/audit/hourly/audit.html")).toEqual({
    status: 200,
    type: "text/html; charset=utf-8",
    text: "<p>whole</p>",
  });
});

test.each([
  "/",
  "/reports/audit/other/audit.html",
  "/reports/backfill/x/missing.json",
  "/reports/audit/hourly/%2e%2e/audit.html",
  "/reports/audit/..%2fhourly/audit.html",
  "/reports//audit.html",
])("what is no report is not found: %s", async (path) => {
  expect((await get(path)).status).toBe(404);
});

test("storage that does not answer is said to be the trouble", async () => {
  expect(await get("/metrics", true)).toMatchObject({
    status: 503,
    text: "HDFS does not answer\n",
  });
});
