import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os, { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFirstConfig } from "../../../cli/first-config";
import { Kafka } from "../../../clients/kafka/kafka";
import { loadConfig } from "../../../workers/config";

const dir = mkdtempSync(join(tmpdir(), "sisyphus-init-"));
afterAll(() => rmSync(dir, { recursive: true }));
afterEach(() => jest.restoreAllMocks());

const hadoopConf = join(dir, "hadoop");
mkdirSync(hadoopConf);
writeFileSync(
  join(hadoopConf, "core-site.xml"),
  `<configuration>
    <property><name>fs.defaultFS</name><value>hdfs://nn:8020</value></property>
    <property><name>yarn.resourcemanager.hostname</name><value>rm</value></property>
    <property><name>hive.metastore.uris</name><value>thrift://hive:9083</value></property>
  </configuration>`,
);

async function init(options: Parameters<typeof writeFirstConfig>[0]) {
  const printed: string[] = [];
  const told: string[] = [];
  const code = await writeFirstConfig(
    options,
    (text) => printed.push(text),
    (line) => told.push(line),
  );
  return { code, printed: printed.join("\n"), told: told.join("\n") };
}

test("what is written can be read at once", async () => {
  jest
    .spyOn(Kafka.prototype, "topics")
    .mockResolvedValue(["events_a", "events_b", "other"]);
  const out = join(dir, "first.yaml");
  const { code, told, printed } = await init({
    kafka: "k1:9092, k2:9092",
    hadoopConf,
    out,
  });
  expect(code).toBe(0);
  expect(printed).toBe("");
  expect(told).toMatch(/first\.yaml is written: \d+ lines are marked FILL IN/);
  expect(told).not.toContain("not valid");
  expect(loadConfig(out)).toMatchObject({
    kafka: { brokers: ["k1:9092", "k2:9092"] },
    hdfs: { webhdfs: ["http://nn:9870"] },
    yarn: { resourceManager: ["http://rm:8088"] },
    hive: { metastore: ["hive:9083"] },
    naming: { topicPattern: "events_(.+)" },
  });
});

test("a file that is there is not written over, and nothing is asked", async () => {
  const topics = jest.spyOn(Kafka.prototype, "topics");
  const out = join(dir, "mine.yaml");
  writeFileSync(out, "mine");
  const { code, told } = await init({ kafka: "k1:9092", out });
  expect(code).toBe(2);
  expect(told).toContain("mine.yaml is there already");
  expect(readFileSync(out, "utf8")).toBe("mine");
  expect(topics).not.toHaveBeenCalled();
});

test("a file that comes to be meanwhile is not written over either", async () => {
  const out = join(dir, "meanwhile.yaml");
  jest.spyOn(Kafka.prototype, "topics").mockImplementation(async () => {
    writeFileSync(out, "theirs");
    return [];
  });
  expect((await init({ kafka: "k1:9092", hadoopConf, out })).code).toBe(2);
  expect(readFileSync(out, "utf8")).toBe("theirs");
});

test("brokers that do not answer are told, and the rest is written", async () => {
  jest
    .spyOn(Kafka.prototype, "topics")
    .mockRejectedValue(new Error("Kafka at k1:9092: connection refused"));
  const { code, told, printed } = await init({
    kafka: "k1:9092",
    hadoopConf,
    out: "-",
  });
  expect(code).toBe(0);
  expect(told).toContain("connection refused");
  expect(printed).toContain("brokers: [k1:9092]");
  expect(printed).toContain("connection refused");
});

test.each([
  [{ kafka: "k1", out: "-" }, '--kafka: "k1" is not host:port'],
  [{ kafka: "k1:99999", out: "-" }, "with a port from 1 to 65535"],
  [{ out: "" }, "--out: a file is wanted, or - to print"],
  [{ out: dir }, `--out: ${dir} is a folder; a file in it is wanted`],
  [{ out: "/no/such/x.yaml" }, "--out: /no/such is no folder"],
  [{ hadoopConf: __filename, out: "-" }, `${__filename} is no folder`],
  [
    { hadoopConf: "/no/such/folder", out: "-" },
    "--hadoop-conf: /no/such/folder has none of",
  ],
])("wrong input is refused: %j", async (options, told) => {
  await expect(init(options)).rejects.toThrow(told);
});

test("whoever has no account, as in a container, gets a file as well", async () => {
  jest.spyOn(os, "userInfo").mockImplementation(() => {
    throw new Error("uv_os_get_passwd returned ENOENT");
  });
  const { USER } = process.env;
  delete process.env["USER"];
  try {
    const { code, printed } = await init({ hadoopConf, out: "-" });
    expect(code).toBe(0);
    expect(printed).toContain("  user: fill-in # FILL IN");
  } finally {
    if (USER !== undefined) process.env["USER"] = USER;
  }
});
