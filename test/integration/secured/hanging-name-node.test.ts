import { CONFIG_FILE } from "../../../sandbox/platform/config";
import { runningPid, signal } from "../../../sandbox/platform/processes";
import { setup } from "../../../sandbox/platform/setup";
import { down, reset, up } from "../../../sandbox/platform/up";
import { until } from "../../../sandbox/platform/wait";
import { haAdmin } from "../../../sandbox/secured/hdfs";
import { KRB5_CONF } from "../../../sandbox/secured/kdc";
import { secure } from "../../../sandbox/secured/secure";
import { hasKerberos } from "../../../sandbox/secured/tickets";
import { clientApart } from "./client-apart";

const testWithKerberos = hasKerberos() ? test : test.skip;
const quiet = () => undefined;
const HDFS = [
  "kdc",
  "journalnode",
  "secured-namenode-1",
  "secured-namenode-2",
  "secured-datanode",
];

beforeAll(async () => {
  if (!hasKerberos()) return;
  process.env["KRB5_CONFIG"] = KRB5_CONF;
  await reset(quiet);
  secure();
  await up(quiet, HDFS);
}, 300_000);

afterAll(() => down(quiet), 120_000);

testWithKerberos(
  "a NameNode that hangs is left for the one that has taken over",
  async () => {
    const tools = await setup(quiet);
    const { call, kill } = clientApart(CONFIG_FILE);
    // Folders are the NameNode's alone: a DataNode that writes would wait for the one that hangs, too.
    await call("hdfs", "mkdir", "/wmf/before");
    const pid = runningPid("secured-namenode-1")!;
    signal(pid, "SIGSTOP");
    try {
      haAdmin(tools, ["-failover", "nn1", "nn2"]);
      const told: string[] = [];
      await until("a folder to be made", 120, () =>
        call("hdfs", "mkdir", "/wmf/after").then(
          () => true,
          (error: Error) => {
            told.push(error.message);
            throw error;
          },
        ),
      );
      // Whoever was asked while it hung is not known to have done nothing.
      expect(told).toEqual([expect.stringContaining("no answer in")]);
      expect(await call("hdfs", "list", "/wmf")).toMatchObject([
        { name: "after" },
        { name: "before" },
      ]);
    } finally {
      signal(pid, "SIGCONT");
      await kill();
    }
  },
  300_000,
);
