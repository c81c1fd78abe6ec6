import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
  expect(() => loadConfig(dir)).toThrow(
    `${dir} is a folder; a configuration's file is wanted`,
  );
  expect(() => loadConfig(written("kafka: [\n"))).toThrow(
    /sisyphus\.yaml is not YAML: .*line 2/s,
  );
  for (const [text, is] of [
    ["", "is empty"],
    ["# nothing\n", "is empty"],
    ["- kafka\n", "is a list"],
    ["kafka\n", "is a text or a number"],
  ] as const)
    expect(() => loadConfig(written(text))).toThrow(
      new RegExp(`^${dir}.*sisyphus\\.yaml ${is}; sections such as`),
    );
  expect(() => loadConfig(written("kafka: {}\n"))).toThrow(
    new RegExp(`^${dir}.*sisyphus\\.yaml is not valid:`),
  );
});

test.each([
  ["a: 1\nb: [s3cret\n", "line 3, column 1"],
  ["a: |s3cret\n", "line 1"],
  ['a: "s3cret\\s"\n', "escape sequence (line 1, column 11)"],
  ["a: *s3cret\n", "Unresolved alias"],
  ["!s3cret\n- b\n", "is a list"],
  ["s3cret: 1\ns3cret: 2\n", "Map keys must be unique (line 2, column 1)"],
])("what lies around a fault of YAML is not told: %j", (text, told) => {
  const warned = jest.spyOn(process, "emitWarning").mockReturnValue();
  let message = "";
  try {
    loadConfig(written(text));
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message).toContain(told);
  expect(message).not.toContain("s3cret");
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});

/** A folder with a file of Hadoop's configuration, and a configuration that names it. */
function withHadoopConf(core: string, changes: Record<string, unknown> = {}) {
  const hadoopConf = join(dir, "hadoop");
  mkdirSync(hadoopConf, { recursive: true });
  writeFileSync(join(hadoopConf, "core-site.xml"), core);
  return written(stringify(settings({ cluster: { hadoopConf }, ...changes })));
}

const CORE = `<configuration>
  <property><name>fs.defaultFS</name><value>hdfs://nn:8020</value></property>
  <property><name>yarn.nodemanager.remote-app-log-dir</name><value>/logs</value></property>
</configuration>`;

test("what is not configured is taken from Hadoop's own configuration, and what is configured counts", () => {
  const { hdfs, yarn } = loadConfig(
    withHadoopConf(CORE, { hdfs: { user: "analytics" } }),
  );
  expect(hdfs).toMatchObject({
    webhdfs: ["http://nn:9870"],
    user: "analytics",
  });
  expect(yarn).toMatchObject({
    resourceManager: "http://rm:8088",
    logDir: "/logs",
  });
  expect(loadConfig(withHadoopConf(CORE)).hdfs.webhdfs).toBe(
    "http://namenode:9870",
  );
});

test("what is said of a section within a section stands beside what Hadoop says", () => {
  const core = CORE.replace(
    "</configuration>",
    "<property><name>hadoop.security.authentication</name><value>kerberos</value></property></configuration>",
  );
  const ca = "/etc/ssl/ca.pem";
  const secured = (hadoop: object) =>
    loadConfig(withHadoopConf(core, { security: { hadoop } })).security.hadoop;
  expect(secured({ tls: { ca } })).toEqual({ kerberos: true, tls: { ca } });
  expect(secured({ kerberos: false })).toEqual({ kerberos: false });
});

test("the principal of Hadoop's metastore is not that of another one that is configured", () => {
  const core = `<configuration>
    <property><name>hive.metastore.uris</name><value>thrift://theirs:9083</value></property>
    <property><name>hive.metastore.sasl.enabled</name><value>true</value></property>
    <property><name>hive.metastore.kerberos.principal</name><value>hive/_HOST@EXAMPLE.ORG</value></property>
  </configuration>`;
  const principalWith = (hive: object, more: object = {}) =>
    loadConfig(withHadoopConf(core, { hive, ...more })).security.metastore
      .principal;
  const kerberos = (is: boolean, principal?: string) => ({
    security: { metastore: { kerberos: is, principal } },
  });
  // What is given counts: it is turned off, whatever Hadoop's configuration says.
  expect(principalWith({}, kerberos(false))).toBe(undefined);
  expect(principalWith({}, kerberos(true))).toBe("hive/_HOST@EXAMPLE.ORG");
  expect(() => principalWith({}, kerberos(false, "hive/h@A"))).toThrow(
    "security.metastore.principal: ",
  );
  expect(() =>
    principalWith({ metastore: "ours:9083" }, kerberos(true)),
  ).toThrow("security.metastore.principal: missing");
  expect(principalWith({})).toBe("hive/_HOST@EXAMPLE.ORG");
  expect(principalWith({ metastore: "ours:9083" })).toBe(undefined);
});

test("an HttpFS that takes a name alone is asked so where Hadoop says kerberos", () => {
  const core = CORE.replace(
    "</configuration>",
    "<property><name>hadoop.security.authentication</name><value>kerberos</value></property></configuration>",
  );
  const isProven = (changes: Record<string, unknown>) =>
    loadConfig(withHadoopConf(core, changes)).security.hadoop.kerberos;
  expect(isProven({})).toBe(true);
  expect(isProven({ security: { hadoop: { kerberos: false } } })).toBe(false);
});

test("names of Hadoop's HDFS are not those of another one that is configured", () => {
  const core = `<configuration>
    <property><name>fs.defaultFS</name><value>hdfs://analytics</value></property>
    <property><name>dfs.nameservices</name><value>analytics</value></property>
    <property><name>dfs.namenode.http-address.analytics</name><value>nn:9870</value></property>
  </configuration>`;
  const { hdfs } = loadConfig(
    withHadoopConf(core, { hdfs: { user: "analytics" } }),
  );
  expect(hdfs.services).toEqual(["analytics"]);
  expect(loadConfig(withHadoopConf(core)).hdfs.services).toBe(undefined);
});

test("a section of a wrong form is told, and not replaced by what Hadoop says", () => {
  const core = CORE.replace(
    "</configuration>",
    "<property><name>hive.metastore.uris</name><value>thrift://theirs:9083</value></property></configuration>",
  );
  for (const hive of ["ours:9083", null])
    expect(() => loadConfig(withHadoopConf(core, { hive }))).toThrow("hive");
});

test("a folder without Hadoop's configuration, and a file that is none, are named", () => {
  expect(() => loadConfig(withHadoopConf("<configuration>"))).toThrow(
    /cluster\.hadoopConf: .*core-site\.xml: it is no XML/,
  );
  rmSync(join(dir, "hadoop", "core-site.xml"));
  expect(() =>
    loadConfig(
      written(
        stringify(settings({ cluster: { hadoopConf: join(dir, "hadoop") } })),
      ),
    ),
  ).toThrow(/cluster\.hadoopConf: .* has none of core-site\.xml/);
});
