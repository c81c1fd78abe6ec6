import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readHadoopConf } from "../../../workers/hadoop-conf";

const folder = mkdtempSync(join(tmpdir(), "sisyphus-hadoop-conf-"));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  rmSync(folder, { recursive: true });
  mkdirSync(join(folder, "more"), { recursive: true });
});

const written = (name: string, ...content: string[]) =>
  writeFileSync(
    join(folder, name),
    `<configuration xmlns:xi="http://www.w3.org/2001/XInclude">${content.join("\n")}</configuration>`,
  );
const metastore = (host: string, more = "") =>
  `<property><name>hive.metastore.uris</name><value>thrift://${host}:9083</value>${more}</property>`;
const FINAL = "<final>true</final>";
const included = (href: string, content = "") =>
  `<xi:include href="${href}">${content}</xi:include>`;
const found = () => readHadoopConf(folder).hive.metastore;

test("included files are read: beside the one that includes them, or by an absolute path", () => {
  written("core-site.xml", included("more/first.xml"));
  // What this one includes is beside it, and not beside the first.
  written("more/first.xml", included("second.xml"));
  for (const prefix of ["", "file:", "file://"]) {
    written("more/second.xml", included(`${prefix}${folder}/third.xml`));
    written("third.xml", metastore("ms1"));
    expect(found()).toEqual(["ms1:9083"]);
  }
});

test("what else a file of Hadoop's has is no matter: a mark of its encoding, comments, marked texts", () => {
  writeFileSync(
    join(folder, "core-site.xml"),
    `\uFEFF<?xml version="1.0"?>
<!DOCTYPE configuration>
<!-- <property/> -->
<configuration><!-- a -->
  <property source="x"><!-- b --><name>hive.metastore.uris</name>
    <value xml:space="preserve"><![CDATA[thrift://ms1:9083]]><!-- c -->,thrift://ms2:9083</value></property>
</configuration>
`,
  );
  expect(found()).toEqual(["ms1:9083", "ms2:9083"]);
});

test("what comes later counts, be it included or not, unless it is final before", () => {
  written("more/other.xml", metastore("other"));
  written("core-site.xml", metastore("own"), included("more/other.xml"));
  expect(found()).toEqual(["other:9083"]);
  written("core-site.xml", included("more/other.xml"), metastore("own"));
  expect(found()).toEqual(["own:9083"]);
  written("more/other.xml", metastore("other", FINAL));
  expect(found()).toEqual(["other:9083"]);
  written("hive-site.xml", metastore("hive"));
  expect(found()).toEqual(["other:9083"]);
});

test("a fallback counts where a file is not there", () => {
  written(
    "core-site.xml",
    included("gone.xml", `<xi:fallback>${metastore("ms2")}</xi:fallback>`),
  );
  expect(found()).toEqual(["ms2:9083"]);
  written("gone.xml", metastore("ms3"));
  expect(found()).toEqual(["ms3:9083"]);
});

test.each([
  [
    "that is not there",
    included("more/gone.xml"),
    "core-site.xml: it includes more/gone.xml, which is not there, and has no xi:fallback",
  ],
  [
    "that is none",
    included("more/bad.xml"),
    "core-site.xml: FOLDER/more/bad.xml: it is no XML",
  ],
  [
    "that is a folder",
    included("more", "<xi:fallback/>"),
    "core-site.xml: FOLDER/more cannot be read (EISDIR)",
  ],
  [
    "of another host",
    included("http://secret@conf/core.xml", "<xi:fallback/>"),
    "core-site.xml: an xi:include that names no file of this host",
  ],
  [
    "that includes itself",
    included("core-site.xml"),
    `core-site.xml: ${"FOLDER/core-site.xml: ".repeat(11)}more than 10 files include one another`,
  ],
])("an included file %s is told with who includes it", (_, content, told) => {
  writeFileSync(join(folder, "more/bad.xml"), "<configuration>secret");
  written("core-site.xml", content);
  let message = "";
  try {
    found();
  } catch (error) {
    ({ message } = error as Error);
  }
  expect(message).toContain(
    `cluster.hadoopConf: ${folder}/${told.replaceAll("FOLDER", folder)}`,
  );
  expect(message).not.toContain("secret");
});
