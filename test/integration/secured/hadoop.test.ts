import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { ports } from "../../../sandbox/platform/ports";
import { runningPid, signal } from "../../../sandbox/platform/processes";
import { setup } from "../../../sandbox/platform/setup";
import type { Tools } from "../../../sandbox/platform/tools";
import { SANDBOX_DIR } from "../../../sandbox/platform/paths";
import { down, reset, up } from "../../../sandbox/platform/up";
import { until } from "../../../sandbox/platform/wait";
import { CONFIG_FILE } from "../../../sandbox/platform/config";
import { rmAdmin } from "../../../sandbox/secured/yarn";
import type { Application } from "../../../clients/yarn/yarn";
import { sha256 } from "../../../lib/digest";
import { haAdmin } from "../../../sandbox/secured/hdfs";
import {
  hadoopProgram,
  runSecured,
  startSecured,
} from "../../../sandbox/secured/java";
import { keytabOf, KRB5_CONF, REALM } from "../../../sandbox/secured/kdc";
import { secure } from "../../../sandbox/secured/secure";
import { hasKerberos, ticketCache } from "../../../sandbox/secured/tickets";
import { clientApart } from "./client-apart";

/**
 * A cluster with Kerberos, https and two NameNodes, which is known by Hadoop's own configuration alone. Without the optional package `kerberos`
 * nothing of it can be asked.
 */
const describeWithKerberos = hasKerberos() ? describe : describe.skip;
type Secured = { security: Record<string, object> };
const quiet = () => undefined;
/** All but Kafka, MariaDB and Temporal. */
const SECURED = [
  "kdc",
  "journalnode",
  "secured-namenode-1",
  "secured-namenode-2",
  "secured-datanode",
  "secured-metastore",
  "secured-resourcemanager-1",
  "secured-resourcemanager-2",
  "secured-nodemanager",
];
/** Short, so that a ticket ends while the tests run. */
const TICKET_SECONDS = 10;

describeWithKerberos("a secured cluster", () => {
  let tools: Tools;
  const clients: ReturnType<typeof clientApart>[] = [];

  /** A client of its own configuration, which differs from the secured cluster's by this. */
  function client(
    name: string,
    change: (config: Secured) => object = (config) => config,
  ) {
    const config = join(SANDBOX_DIR, `${name}.yaml`);
    const secured = parse(readFileSync(CONFIG_FILE, "utf8")) as never;
    writeFileSync(config, stringify(change(secured)));
    const made = clientApart(config);
    clients.push(made);
    return made;
  }

  /** As HDFS' superuser. */
  const superuser = (main: string, ...args: string[]) =>
    runSecured(hadoopProgram(tools, main, args), ticketCache("admin"));
  const fs = (...args: string[]) =>
    superuser("org.apache.hadoop.fs.FsShell", ...args);

  beforeAll(async () => {
    process.env["KRB5_CONFIG"] = KRB5_CONF;
    await reset(quiet);
    tools = await setup(quiet);
    secure();
    await up(quiet, SECURED);
    fs("-mkdir", "/secret");
    fs("-chmod", "700", "/secret");
  }, 300_000);

  afterAll(async () => {
    for (const each of clients) await each.kill();
    await down(quiet);
  }, 120_000);

  test("files are written, replaced, read, moved, listed and removed, and the metastore answers", async () => {
    // Who is proven is not named: HDFS would compare it with the short name of the proof.
    const { call } = client("sisyphus", (config) => ({
      ...config,
      hdfs: { user: "somebody-else" },
    }));
    const hdfs = (method: string, ...args: unknown[]) =>
      call("hdfs", method, ...args);
    await hdfs("write", "/wmf/data/a.txt", "first");
    await hdfs("replace", "/wmf/data/a.txt", "second");
    expect(await hdfs("readText", "/wmf/data/a.txt")).toBe("second");
    expect(await hdfs("create", "/wmf/data/a.txt", "third")).toBe(false);
    await hdfs("rename", "/wmf/data/a.txt", "/wmf/data/b.txt");
    expect(await hdfs("list", "/wmf/data")).toMatchObject([
      { name: "b.txt", owner: "sisyphus", length: 6 },
    ]);
    expect(await hdfs("remove", "/wmf/data/b.txt")).toBe(true);
    expect(await hdfs("list", "/wmf/nowhere")).toBe(undefined);
    expect(await call("hive", "tables", "default")).toEqual([]);
  }, 60_000);

  test("what is not allowed, not trusted or not known is told with who asked and what to do", async () => {
    const { call } = client("sisyphus-again");
    await expect(call("hdfs", "list", "/secret")).rejects.toThrow(
      /AccessControlException: Permission denied: user=sisyphus, access=READ_EXECUTE/,
    );
    const distrustful = client("distrustful", (config) => ({
      ...config,
      security: { ...config.security, hadoop: {} },
    }));
    await expect(distrustful.call("hdfs", "list", "/")).rejects.toThrow(
      "self-signed certificate in certificate chain (asked over TLS: see security.hadoop.tls)",
    );
    const nobody = client("nobody", (config) => ({
      ...config,
      security: {
        hadoop: { ...config.security["hadoop"], kerberos: false },
        metastore: {},
      },
    }));
    await expect(nobody.call("hdfs", "list", "/")).rejects.toThrow(
      /https:\/\/localhost:\d+ wants to know who asks \(401, Negotiate\): see security\.hadoop\.kerberos/,
    );
    const wrongKeys = client("wrong-keys", (config) => ({
      ...config,
      security: {
        ...config.security,
        kerberos: {
          principal: `sisyphus@${REALM}`,
          keytab: keytabOf("stranger"),
        },
      },
    }));
    for (const [of, method, arg] of [
      ["hdfs", "list", "/"],
      ["hive", "tables", "default"],
    ] as const)
      await expect(wrongKeys.call(of, method, arg)).rejects.toThrow(
        `as sisyphus@${REALM} by the keytab ${keytabOf("stranger")}: Can't find client principal sisyphus@${REALM} in cache collection (does the keytab hold its keys?); see security.kerberos`,
      );
  }, 60_000);

  test("tickets are taken anew before they end, and so are the cookies of those who gave one", async () => {
    const brief = join(SANDBOX_DIR, "krb5-brief.conf");
    writeFileSync(
      brief,
      readFileSync(KRB5_CONF, "utf8").replace(
        /ticket_lifetime = .*/,
        `ticket_lifetime = ${TICKET_SECONDS}s`,
      ),
    );
    process.env["KRB5_CONFIG"] = brief;
    const cache = join(SANDBOX_DIR, "kerberos", "caches", "brief");
    const { call } = client("brief", (config) => ({
      ...config,
      security: {
        ...config.security,
        kerberos: { ...config.security["kerberos"], cache },
      },
    }));
    process.env["KRB5_CONFIG"] = KRB5_CONF;
    const began = Date.now();
    const caches = new Set<string>();
    // Longer than a ticket, and than a cookie of this cluster.
    await until("tickets and cookies to end", 120, async () => {
      expect(await call("hive", "tables", "default")).toEqual([]);
      expect(await call("hdfs", "list", "/wmf")).toHaveLength(1);
      caches.add(sha256(readFileSync(cache)));
      return Date.now() - began > 3 * TICKET_SECONDS * 1000;
    });
    // Tickets for two services, more than once.
    expect(caches.size).toBeGreaterThan(2);
  }, 150_000);

  test("a NameNode in safe mode refuses changes in its own words", async () => {
    const { call } = client("safe");
    const admin = "org.apache.hadoop.hdfs.tools.DFSAdmin";
    superuser(admin, "-safemode", "enter");
    await expect(
      call("hdfs", "write", "/wmf/data/safe.txt", "x"),
    ).rejects.toThrow(/CREATE \/wmf\/data\/safe\.txt: .*[Ss]afe ?[Mm]ode/);
    superuser(admin, "-safemode", "leave");
    await call("hdfs", "write", "/wmf/data/safe.txt", "x");
  }, 60_000);

  test("applications are seen, read and killed, at whichever ResourceManager is active; a standby sends on to it", async () => {
    const { call } = client("yarn");
    const onlyTheSecond = client("yarn-second", (config) => ({
      ...config,
      yarn: {
        resourceManager: `https://localhost:${ports().securedResourceManager2Https}`,
      },
    }));
    expect(await call("yarn", "application", "application_1_0001")).toBe(
      undefined,
    );
    startSecured(
      "sleep-job",
      hadoopProgram(tools, "org.apache.hadoop.mapreduce.SleepJob", [
        "-Dmapreduce.job.tags=sisyphus-test",
        ...["-m", "1", "-r", "0", "-mt", "600000"],
      ]),
      ticketCache("sisyphus"),
    );
    const app = await until("the application to run", 120, async () => {
      const [found] = (await onlyTheSecond.call(
        "yarn",
        "byTag",
        "sisyphus-test",
      )) as Application[];
      return found?.state === "RUNNING" ? found : undefined;
    });
    expect(app).toMatchObject({ user: "sisyphus", name: "Sleep job" });
    await until("its log", 60, async () =>
      String(await call("yarn", "liveLog", app, "syslog", 4000)).includes(
        "LogType:syslog",
      ),
    );
    signal(runningPid("secured-resourcemanager-1")!, "SIGKILL");
    rmAdmin(tools, ["-transitionToActive", "--forceactive", "rm2"]);
    await until("the application to be known again", 60, async () => {
      const found = (await call("yarn", "application", app.id)) as Application;
      return found.state === "RUNNING";
    });
    await call("yarn", "kill", app.id);
    await until("it to be killed", 60, async () => {
      const found = await call("yarn", "application", app.id);
      return (found as Application).state === "KILLED";
    });
  }, 300_000);

  test("the active NameNode is killed under writers: what each was told is so, and the other one goes on", async () => {
    const { call } = client("failover");
    const written = new Map<string, string>();
    let isOver = false;
    let failures = 0;
    const writer = async (no: number) => {
      for (let i = 0; !isOver; i++) {
        const path = `/wmf/data/failover/${no}-${i}.txt`;
        const text = `${no} ${i} `.repeat(1000);
        const write = () => call("hdfs", "replace", path, text);
        // As an activity does: what failed is done once more.
        await write().catch(() => {
          failures++;
          return until(`${path} to be written`, 60, () =>
            write().then(() => true),
          );
        });
        written.set(path, text);
      }
    };
    const writers = [0, 1, 2, 3].map(writer);
    await until("some files", 60, () => written.size > 40);
    const before = written.size;
    const stateOf = (id: string) =>
      haAdmin(tools, ["-getServiceState", id]).trim();
    expect(stateOf("nn1")).toBe("active");
    signal(runningPid("secured-namenode-1")!, "SIGKILL");
    haAdmin(tools, ["-failover", "nn1", "nn2"]);
    expect(stateOf("nn2")).toBe("active");
    await until("more files", 60, () => written.size > before + 40);
    isOver = true;
    await Promise.all(writers);
    for (const [path, text] of written)
      expect(await call("hdfs", "readText", path)).toBe(text);
    // No half of one is left but those whose writing failed.
    const listed = (await call("hdfs", "list", "/wmf/data/failover")) as {
      name: string;
    }[];
    const parts = listed.filter(({ name }) => name.endsWith(".part"));
    expect(parts.length).toBeLessThanOrEqual(failures);
    expect(listed.length - parts.length).toBe(written.size);
    // Whoever comes new finds the other one, too.
    expect(
      await client("newcomer").call("hdfs", "list", "/wmf/data/failover"),
    ).toHaveLength(listed.length);
  }, 200_000);
});
