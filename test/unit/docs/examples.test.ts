import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EXIT_CODES } from "../../../cli/hour-wait";
import { hourRulesOf } from "../../../domain/audit/usable-hours";
import { parseConfig } from "../../../domain/settings/config";
import { HOUR_MS } from "../../../lib/hour";
import { serveHttp } from "../../../workers/http-server";
import { auditReport, auditStorage, topicAudit } from "../../support/audited";
import { settings } from "../../support/settings";

const EXAMPLE = join(__dirname, "../../../docs/examples/sisyphus_hours.py");
const TOKEN = "correct-horse-battery-staple";

const hasPython =
  spawnSync("python3", [
    "-c",
    "import sys; sys.exit(sys.version_info < (3, 8))",
  ]).status === 0;
const withPython = hasPython ? test : test.skip;

let cache: string;
let server: Server | undefined;
beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), "sisyphus-examples-"));
});
afterEach(() => {
  server?.close();
  server = undefined;
});
afterAll(() => rmSync(cache, { recursive: true }));

/** Runs Python, which is to leave nothing in the checkout. */
const python = (args: string[], environment: NodeJS.ProcessEnv = {}) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
    const env = {
      PATH: process.env["PATH"],
      PYTHONPYCACHEPREFIX: cache,
      ...environment,
    };
    const child = execFile("python3", args, { env }, (_, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

async function serveAudit(ageMs = 0): Promise<string> {
  const report = auditReport(
    [
      topicAudit("eventlogging_Edit", {
        cells: { "2018-07-05T01": "rows-lost", "2018-07-05T02": "unknowable" },
      }),
    ],
    { asOf: new Date(Date.now() - ageMs).toISOString() },
  );
  server = await serveHttp(
    [
      {
        storage: { ...auditStorage(report), readText: async () => undefined },
        rules: hourRulesOf(parseConfig(settings())),
      },
    ],
    { host: "127.0.0.1", port: 0 },
    { SISYPHUS_METRICS_TOKEN: TOKEN },
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const KNOWS_TOKEN = { SISYPHUS_METRICS_TOKEN: TOKEN };

withPython("the example compiles", async () => {
  const { code, stderr } = await python(["-m", "py_compile", EXAMPLE]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

withPython(
  "as a command it ends as `sisyphus hour status` does",
  async () => {
    const url = await serveAudit();
    const asked: [string, string, number][] = [
      ["event.edit", "2018-07-05T00", EXIT_CODES.usable],
      ["event.edit", "2018-07-05T01", EXIT_CODES.broken],
      ["edit", "2018-07-05T02", EXIT_CODES.undecided],
      ["edit", "2018-07-05T05", EXIT_CODES.uncovered],
      ["nobody", "2018-07-05T00", EXIT_CODES.unknown],
      ["edit", "yesterday", 1],
      ["edit", "2018-07-05T99", 1],
    ];
    for (const [name, hour, code] of asked)
      expect([
        name,
        hour,
        (await python([EXAMPLE, url, name, hour], KNOWS_TOKEN)).code,
      ]).toEqual([name, hour, code]);
    // Without the token nothing is told.
    expect((await python([EXAMPLE, url, "edit", "2018-07-05T00"])).code).toBe(
      1,
    );
  },
  60_000,
);

withPython("an audit that is too old makes nothing usable", async () => {
  const url = await serveAudit(4 * HOUR_MS);
  const ask = [EXAMPLE, url, "edit", "2018-07-05T00"];
  expect((await python(ask, KNOWS_TOKEN)).code).toBe(EXIT_CODES.stale);
  expect((await python([...ask, "5h"], KNOWS_TOKEN)).code).toBe(0);
});

/** What the sensor does of an hour, as Airflow would have it do. */
const poke = (url: string, hour: string, more = "") =>
  python(
    [
      "-c",
      `
import sisyphus_hours as s
print(s.SisyphusHourSensor(url="${url}", table="edit", hour="${hour}"${more}).poke({}))
print(s.watermark("${url}", "edit")[0])`,
    ],
    { ...KNOWS_TOKEN, PYTHONPATH: join(EXAMPLE, "..") },
  );

withPython("the sensor goes on for what is usable only", async () => {
  const url = await serveAudit();
  expect((await poke(url, "2018-07-05T00")).stdout).toMatch(
    /\nTrue\n2018-07-05T00\n$/,
  );
  for (const hour of ["2018-07-05T01", "2018-07-05T02", "2018-07-05T05"])
    expect((await poke(url, hour)).stdout).toContain("\nFalse\n");
  const failed = await poke(url, "2018-07-05T01", ", fail_if_broken=True");
  expect(failed.stderr).toMatch(/Failed: broken/);
});

withPython(
  "a token goes to no other address, and what is no answer makes nothing usable",
  async () => {
    const paths: string[] = [];
    const gateway = createServer(({ url = "" }, response) => {
      paths.push(url);
      if (url.startsWith("/v1")) response.writeHead(302, { location: "/in" });
      response.end('{"state": "usable"}');
    });
    await new Promise<void>((up) => gateway.listen(0, "127.0.0.1", up));
    const { port } = gateway.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const asked = await python(
      [EXAMPLE, url, "edit", "2018-07-05T00"],
      KNOWS_TOKEN,
    );
    gateway.close();
    expect(asked.code).toBe(1);
    expect(paths).toHaveLength(1);
  },
);
