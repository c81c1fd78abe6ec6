import {
  hadoopConfiguration,
  parseSiteXml,
} from "../../../../formats/hadoop/configuration";

const site = (...properties: string[]) =>
  `<?xml version="1.0"?>\n<?xml-stylesheet href="x.xsl"?>\n<!-- ours -->\n<configuration>${properties.join("\n")}</configuration>`;
const property = (name: string, value: string) =>
  `<property><name>${name}</name><value>${value}</value><final>true</final></property>`;

test("properties are read as texts, without the space around them", () => {
  expect([
    ...parseSiteXml(
      site(
        property("a", " 0123 "),
        property("b", "x &amp; y"),
        "<property><name>c</name><value/></property>",
        "<property>\n<name> d </name>\n<value>\n1\n</value><description>of d</description></property>",
        property("a", "2"),
      ),
    ),
  ]).toEqual([
    ["a", "2"],
    ["b", "x & y"],
    ["c", ""],
    ["d", "1"],
  ]);
  expect(parseSiteXml("<configuration/>").size).toBe(0);
  expect(parseSiteXml("<configuration>\n</configuration>").size).toBe(0);
});

test.each([
  ["no XML at all", "fs.defaultFS=hdfs://x"],
  ["cut off", site(property("a", "secret")).slice(0, -20)],
  ["another document", "<properties><property/></properties>"],
  [
    "a property without a name",
    site("<property><value>secret</value></property>"),
  ],
  ["an included file", site('<xi:include href="secret.xml"/>')],
])("what is no configuration is refused, and not repeated: %s", (_, xml) => {
  expect(() => parseSiteXml(xml)).toThrow(/^it is no /);
  expect(() => parseSiteXml(xml)).not.toThrow("secret");
});

test("of several files the later one counts, and variables are replaced", () => {
  const conf = hadoopConfiguration(
    [
      new Map([
        ["host", "nn1"],
        ["fs", "hdfs://${host}:${port}"],
        ["port", "8020"],
        ["home", "${env.HOME}/${env.NONE:-none}/${unknown}"],
        ["round", "${round}"],
      ]),
      new Map([["host", "nn2"]]),
    ],
    { HOME: "/home/us" },
  );
  expect(conf.get("fs")).toBe("hdfs://nn2:8020");
  expect(conf.get("home")).toBe("/home/us/none/${unknown}");
  expect(conf.get("round")).toBe("${round}");
});
