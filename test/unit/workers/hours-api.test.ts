import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { AuditReport } from "../../../domain/audit/audit-report";
import { hourRulesOf } from "../../../domain/audit/usable-hours";
import { parseConfig } from "../../../domain/settings/config";
import { HOUR_MS, hourOf } from "../../../lib/hour";
import { serveHttp } from "../../../workers/http-server";
import { auditReport, auditStorage, topicAudit } from "../../support/audited";
import { settings } from "../../support/settings";

const TOKEN = "correct-horse-battery-staple";
const EDIT = "eventlogging_Edit";
const RULES = hourRulesOf(parseConfig(settings()));

let server: Server | undefined;
afterEach(async () => {
  server?.close();
  if (server) await once(server, "close");
  server = undefined;
});

/** An audit that has just ended, hours after its range. */
const fresh = (over: Partial<AuditReport> = {}): AuditReport =>
  auditReport(
    [topicAudit(EDIT, { cells: { "2018-07-05T02": "lost-from-kafka" } })],
    { asOf: new Date().toISOString(), ...over },
  );

type Asked = {
  report?: AuditReport | undefined;
  environment?: NodeJS.ProcessEnv;
  headers?: Record<string, string>;
  method?: string;
  isDown?: boolean;
};

async function get(path: string, asked: Asked = {}): Promise<Response> {
  const held = auditStorage("report" in asked ? asked.report : fresh());
  const down = () => Promise.reject(new Error("HDFS does not answer"));
  server?.close();
  server = await serveHttp(
    [
      {
        storage: {
          ...held,
          ...(asked.isDown ? { read: down } : {}),
          readText: async () => undefined,
        },
        rules: RULES,
      },
    ],
    { host: "127.0.0.1", port: 0 },
    asked.environment ?? {},
  );
  const { port } = server.address() as AddressInfo;
  return fetch(`http://127.0.0.1:${port}${path}`, {
    method: asked.method ?? "GET",
    headers: { connection: "close", ...asked.headers },
  });
}

test.each([EDIT, "edit", "event.edit"])(
  "an hour is answered as JSON, by its topic or table: %s",
  async (name) => {
    const response = await get(`/v1/hours/${name}/2018-07-05T01`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    const { range, workflowId } = fresh();
    expect(await response.json()).toEqual({
      name,
      hour: "2018-07-05T01",
      state: "usable",
      usable: true,
      why: `${EDIT}: empty`,
      audit: workflowId,
      asOf: expect.any(String),
      range,
      topics: [
        { topic: EDIT, state: "usable", verdict: "empty", why: "empty" },
      ],
    });
  },
);

test("a table's watermark is answered with the hours that were looked at, and why it goes no further", async () => {
  const response = await get("/v1/tables/edit/watermark");
  expect(await response.json()).toEqual({
    table: "edit",
    topics: [EDIT],
    state: "told",
    watermark: "2018-07-05T01",
    why: `2018-07-05T02 is broken: ${EDIT}: lost-from-kafka`,
    audit: "audit/hourly",
    asOf: expect.any(String),
    range: fresh().range,
  });
});

test.each(["/v1/hours/edit/2018-07-05T01", "/v1/tables/edit/watermark"])(
  "an audit that is too old answers nothing, unless it may be as old, and no answer is kept: %s",
  async (path) => {
    const asOf = new Date(Date.now() - 4 * HOUR_MS).toISOString();
    const report = fresh({ asOf });
    const stale = await get(path, { report });
    expect(stale.headers.get("cache-control")).toBe("no-store");
    const told = (await stale.json()) as object;
    expect(told).toMatchObject({ state: "stale", asOf });
    expect(told).not.toMatchObject({ usable: true });
    expect(told).not.toMatchObject({ watermark: expect.any(String) });
    const older = await get(`${path}?maxAge=5h`, { report });
    expect(await older.json()).not.toMatchObject({ state: "stale" });
  },
);

test("without an audit nothing is covered", async () => {
  const path = `/v1/hours/edit/${hourOf(Date.now())}`;
  const response = await get(path, { report: undefined });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    state: "uncovered",
    usable: false,
  });
});

test.each([
  "/v1/hours/eventlogging_Edti/2018-07-05T01",
  "/v1/tables/nobody/watermark",
])("what nobody knows is not found: %s", async (path) => {
  const response = await get(path);
  expect(response.status).toBe(404);
  expect(await response.text()).toMatch(/^no audit knows of/);
});

test.each([
  "/v1/hours/edit",
  "/v1/hours/edit/2018-07-05T01/more",
  "/v1/tables/edit/rows",
  "/v1/other/edit/watermark",
  "/v2/hours/edit/2018-07-05T01",
])("what is not served is not found: %s", async (path) => {
  expect((await get(path)).status).toBe(404);
});

test.each([
  "/v1/",
  "/v1/hours/edit/2018-07-05",
  "/v1/hours/edit/2018-07-32T01",
  "/v1/hours/edit/2018-07-05T24",
  "/v1/hours/e%20dit/2018-07-05T01",
  "/v1/hours/%ff/2018-07-05T01",
  "/v1/hours/..%2fedit/2018-07-05T01",
  "/v1/hours//2018-07-05T01",
  "/v1/hours/edit/2018-07-05T01?maxAge=long",
  "/v1/hours/edit/2018-07-05T01?maxage=1h",
  "/v1/tables/edit/watermark?hour=2018-07-05T01",
])("nonsense is refused: %s", async (path) => {
  expect((await get(path)).status).toBe(400);
});

test("the token, the names and the methods of the other pages hold here as well", async () => {
  const path = "/v1/hours/edit/2018-07-05T01";
  const environment = { SISYPHUS_METRICS_TOKEN: TOKEN };
  expect((await get(path, { environment })).status).toBe(401);
  const headers = { authorization: `Bearer ${TOKEN}` };
  expect((await get(path, { environment, headers })).status).toBe(200);
  expect((await get(path, { method: "POST" })).status).toBe(405);
  const head = await get(path, { method: "HEAD" });
  expect(head.status).toBe(200);
  expect(await head.text()).toBe("");
});

test("storage that does not answer is a 503, and no answer", async () => {
  const response = await get("/v1/hours/edit/2018-07-05T01", { isDown: true });
  expect(response.status).toBe(503);
  expect(await response.text()).toBe("HDFS does not answer\n");
});
