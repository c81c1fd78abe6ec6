import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request, type IncomingHttpHeaders, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { hourRulesOf } from "../../../domain/audit/usable-hours";
import { parseConfig } from "../../../domain/settings/config";
import { serveHttp } from "../../../workers/http-server";
import { auditReport, auditStorage, topicAudit } from "../../support/audited";
import { settings } from "../../support/settings";

const TOKEN = "correct-horse-battery-staple";
const REPORT = "/reports/audit/hourly/audit.html";
const RULES = hourRulesOf(parseConfig(settings()));
const HOUR = "2018-07-05T01";

type Settings = Parameters<typeof serveHttp>[1];
type Asked = {
  method?: string;
  headers?: Record<string, string>;
  settings?: Partial<Settings>;
  environment?: NodeJS.ProcessEnv;
  storageIsDown?: boolean;
};

let server: Server | undefined;
afterEach(() => server?.close());

/** Serves a storage that holds one report of an audit. */
async function serve({ settings, environment, storageIsDown }: Asked) {
  const read = <T>(value: T) =>
    storageIsDown
      ? Promise.reject(new Error("HDFS does not answer"))
      : Promise.resolve(value);
  server?.close();
  server = await serveHttp(
    [
      {
        storage: {
          read: () => read(undefined),
          readRef: () => Promise.reject(new Error("there is no reference")),
          readText: ({ folder, name }) =>
            read(
              folder === "audit/hourly" && name === "audit.html"
                ? "<p>whole</p>"
                : undefined,
            ),
        },
      },
    ],
    { host: "127.0.0.1", port: 0, ...settings },
    environment,
  );
  return (server.address() as AddressInfo).port;
}

type Answer = { status: number; headers: IncomingHttpHeaders; text: string };

/**
 * Asks for a path as it is written here: `fetch` would make a path without `..` of it, and sets `Host` itself. `PORT` in a header is the
 * server's port.
 */
async function get(path: string, asked: Asked = {}): Promise<Answer> {
  const port = await serve(asked);
  return new Promise((answered, failed) => {
    request(
      {
        host: "127.0.0.1",
        port,
        path,
        method: asked.method ?? "GET",
        headers: Object.fromEntries(
          Object.entries(asked.headers ?? {}).map(([name, value]) => [
            name,
            value.replace("PORT", String(port)),
          ]),
        ),
        agent: false,
      },
      (response) =>
        void textOf(response).then((text) =>
          answered({
            status: response.statusCode!,
            headers: response.headers,
            text,
          }),
        ),
    )
      .on("error", failed)
      .end();
  });
}

const statusOf = async (path: string, asked?: Asked) =>
  (await get(path, asked)).status;

test("metrics and the reports of audits are served", async () => {
  expect((await get("/metrics")).text).toContain("sisyphus_completeness_ratio");
  expect((await get("/metrics?x")).text).toContain(
    "sisyphus_completeness_ratio",
  );
  const report = await get(`${REPORT}?x=1`);
  expect(report).toMatchObject({ status: 200, text: "<p>whole</p>" });
  expect(report.headers["content-type"]).toBe("text/html; charset=utf-8");
});

test.each([
  "/",
  "/metrics/",
  "//metrics",
  "/reports/audit/other/audit.html",
  "/reports/backfill/x/missing.json",
  "/reports/audit/hourly/x/../audit.html",
  "/reports/audit/hourly/./audit.html",
  "/reports/audit/hourly/%2e/audit.html",
  "/reports/audit/hourly/%2e%2e/audit.html",
  "/reports/audit/hourly/%252e%252e/audit.html",
  "/reports/audit%2fhourly/audit.html",
  "/reports/audit/..%2fhourly/audit.html",
  "/reports/audit/..%5chourly/audit.html",
  "/reports/audit/hourly%00/audit.html",
  "/reports/audit/hourly/%ff/audit.html",
  "/reports//audit.html",
  "/reports/audit/hourly//audit.html",
  "http://127.0.0.1/reports/audit/hourly/audit.html",
])("what is no report is not found: %s", async (path) => {
  expect(await statusOf(path)).toBe(404);
});

test("storage that does not answer is said to be the trouble", async () => {
  expect(await get("/metrics", { storageIsDown: true })).toMatchObject({
    status: 503,
    text: "HDFS does not answer\n",
  });
});

test("pages are read and not changed", async () => {
  const post = await get(REPORT, { method: "POST" });
  expect(post.status).toBe(405);
  expect(post.headers.allow).toBe("GET, HEAD");
  const head = await get(REPORT, { method: "HEAD" });
  expect(head).toMatchObject({ status: 200, text: "" });
  expect(head.headers["content-length"]).toBe("12");
});

test("whether the server lives is told to everybody, whatever else fails", async () => {
  const asked = { environment: { SISYPHUS_METRICS_TOKEN: TOKEN } };
  expect(
    await get("/healthz", {
      ...asked,
      storageIsDown: true,
      headers: { host: "10.0.0.7" },
    }),
  ).toMatchObject({ status: 200, text: "ok\n" });
});

test("every answer keeps browsers from doing more than to show it", async () => {
  for (const path of [REPORT, "/metrics", "/", "/healthz"]) {
    const { headers } = await get(path);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "content-security-policy": expect.stringContaining(
        "default-src 'none'",
      ) as unknown,
    });
    expect(headers["content-security-policy"]).not.toContain("unsafe-inline");
  }
});

describe("a request under another name is refused", () => {
  const hostOf = (host: string, settings?: Partial<Settings>) =>
    statusOf(REPORT, { headers: { host }, ...(settings ? { settings } : {}) });

  test("whatever the name", async () => {
    expect(await hostOf("attacker.example")).toBe(421);
    expect(await hostOf("127.0.0.1.attacker.example")).toBe(421);
    expect(await hostOf("127.0.0.1")).toBe(421);
    expect(await hostOf("127.0.0.1:1")).toBe(421);
    expect(await statusOf("/metrics", { headers: { host: "x" } })).toBe(421);
  });

  test("but not under this host's own names", async () => {
    for (const name of ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
      expect(await hostOf(`${name}:PORT`)).toBe(200);
    expect(await hostOf("0.0.0.0:PORT", { host: "0.0.0.0" })).toBe(200);
  });

  test("nor under those of the configuration", async () => {
    const url = "https://sisyphus.example.org/";
    expect(await hostOf("sisyphus.example.org", { url })).toBe(200);
    expect(await hostOf("sisyphus.example.org:8443", { url })).toBe(421);
    const allowedHosts = ["a.example", "b.example:81", "[fd00::1]"];
    for (const host of [
      "A.example",
      "a.example:9",
      "b.example:81",
      "[fd00::1]",
    ])
      expect(await hostOf(host, { allowedHosts })).toBe(200);
    expect(await hostOf("b.example", { allowedHosts })).toBe(421);
  });

  test("nor is it answered where it has none", async () => {
    const port = await serve({});
    const socket = connect(port, "127.0.0.1");
    socket.write(`GET ${REPORT} HTTP/1.0\r\n\r\n`);
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 421 /);
  });
});

describe("a token", () => {
  const environment = { SISYPHUS_METRICS_TOKEN: TOKEN };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  test("is needed for everything but the health", async () => {
    for (const path of [REPORT, "/metrics", "/", "/reports/x"])
      expect(await statusOf(path, { environment })).toBe(401);
    for (const headers of [
      bearer(`${TOKEN}x`),
      bearer(TOKEN.slice(1)),
      { authorization: TOKEN },
      { cookie: `sisyphus_reports=${TOKEN}` },
    ])
      expect(await statusOf(REPORT, { environment, headers })).toBe(401);
    const refused = await get(REPORT, { environment });
    expect(refused.headers["www-authenticate"]).toContain("Bearer");
    expect(refused.text).not.toContain("whole");
  });

  test("opens the pages as a header", async () => {
    const headers = bearer(TOKEN);
    expect(await statusOf(REPORT, { environment, headers })).toBe(200);
    expect(await statusOf("/metrics", { environment, headers })).toBe(200);
  });

  test("is given once in an address, and a cookie that does not tell it follows", async () => {
    const first = await get(`${REPORT}?a=1&token=${TOKEN}`, { environment });
    expect(first.status).toBe(303);
    expect(first.headers.location).toBe(`${REPORT}?a=1`);
    const [set] = first.headers["set-cookie"]!;
    expect(set).toMatch(/; HttpOnly; SameSite=Lax$/);
    expect(set).not.toContain(TOKEN);
    const headers = { cookie: `other=1; ${set!.split(";")[0]}` };
    expect(await statusOf(REPORT, { environment, headers })).toBe(200);
    expect(
      await statusOf(REPORT, {
        environment: { SISYPHUS_METRICS_TOKEN: `${TOKEN}-2` },
        headers,
      }),
    ).toBe(401);
    expect(await statusOf(`${REPORT}?token=wrong`, { environment })).toBe(401);
  });

  test("leads to no other server", async () => {
    for (const path of ["//evil.example/", "/\\evil.example/"]) {
      const { headers } = await get(`${path}?token=${TOKEN}`, { environment });
      expect(headers.location).toBe("/");
    }
  });

  test("keeps its cookie to https where browsers come by https", async () => {
    const { headers } = await get(`/?token=${TOKEN}`, {
      environment,
      settings: { url: "https://sisyphus.example.org" },
    });
    expect(headers["set-cookie"]![0]).toMatch(/; Secure$/);
  });

  test("leaves metrics open where that is configured", async () => {
    const settings = { openMetrics: true };
    expect(await statusOf("/metrics", { environment, settings })).toBe(200);
    expect(await statusOf(REPORT, { environment, settings })).toBe(401);
  });

  test("comes from a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "token-"));
    const settings = { tokenFile: join(folder, "token") };
    writeFileSync(settings.tokenFile, `${TOKEN}\n`);
    const headers = bearer(TOKEN);
    expect(await statusOf(REPORT, { settings })).toBe(401);
    expect(await statusOf(REPORT, { settings, headers })).toBe(200);
    rmSync(folder, { recursive: true });
    await expect(serve({ settings })).rejects.toThrow("ENOENT");
  });

  test("that could be guessed is refused without being told", async () => {
    for (const weak of ["", "hunter2", "two words, and long enough"]) {
      const told = serve({ environment: { SISYPHUS_METRICS_TOKEN: weak } });
      await expect(told).rejects.toThrow(
        /^the token in SISYPHUS_METRICS_TOKEN/,
      );
      await expect(told).rejects.not.toThrow("hunter2");
    }
  });
});

/** Of two pipelines, each has a report of its own. */
async function getOfTwo(path: string) {
  server?.close();
  const pipeline = (name: string, table: string) => ({
    name,
    rules: RULES,
    storage: {
      ...auditStorage(
        auditReport([topicAudit(table, { cells: { [HOUR]: "complete" } })]),
      ),
      readText: async ({ folder }: { folder: string }) =>
        folder === `${name}/audit/hourly` ? name : undefined,
    },
  });
  server = await serveHttp(
    [
      pipeline("logs", "eventlogging_Edit"),
      pipeline("events", "eventlogging_Popups"),
      pipeline("more", "eventlogging_Popups"),
    ],
    { host: "127.0.0.1", port: 0 },
  );
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { connection: "close" },
  });
  return { status: response.status, text: await response.text() };
}

test("pipelines with names have their pages below their names, and their metrics are labelled", async () => {
  expect(
    await getOfTwo("/p/events/reports/events/audit/hourly/audit.html"),
  ).toEqual({ status: 200, text: "events" });
  for (const path of [
    "/reports/events/audit/hourly/audit.html",
    "/p/logs/reports/events/audit/hourly/audit.html",
    "/p/others/reports/events/audit/hourly/audit.html",
    "/p/events",
  ])
    expect((await getOfTwo(path)).status).toBe(404);
  const { text } = await getOfTwo("/metrics");
  expect(text).toContain(
    'sisyphus_completeness_ratio{pipeline="logs",topic="eventlogging_Edit"} 1',
  );
  expect(text).toContain(
    'sisyphus_completeness_ratio{pipeline="more",topic="eventlogging_Popups"} 1',
  );
});

test("an hour that is asked for without a pipeline is told by the one that knows it, and by none where several do", async () => {
  const path = (table: string) => `/v1/hours/${table}/${HOUR}?maxAge=99999d`;
  const edit = await getOfTwo(path("edit"));
  expect(edit.status).toBe(200);
  expect(JSON.parse(edit.text)).toMatchObject({ name: "edit", hour: HOUR });
  expect(await getOfTwo(path("popups"))).toEqual({
    status: 400,
    text: `several pipelines know of it: ask /p/events/v1/hours/popups/${HOUR} or /p/more/v1/hours/popups/${HOUR}\n`,
  });
  expect((await getOfTwo(`/p/more${path("popups")}`)).status).toBe(200);
  expect((await getOfTwo(path("nothing"))).status).toBe(404);
  expect((await getOfTwo("/v1/hours/edit/yesterday")).status).toBe(400);
});
