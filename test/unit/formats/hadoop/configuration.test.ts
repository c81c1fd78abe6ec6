import {
  hadoopConfiguration,
  parseSiteXml as parsed,
} from "../../../../formats/hadoop/configuration";

const parseSiteXml = (xml: string) => parsed(xml, () => undefined);
const site = (...properties: string[]) =>
  `<?xml version="1.0"?>\n<?xml-stylesheet href="x.xsl"?>\n<!-- ours -->\n<configuration>${properties.join("\n")}</configuration>`;
const property = (name: string, value: string) =>
  `<property><name>${name}</name><value>${value}</value><final>true</final></property>`;

test("properties are read as texts, without the space around them", () => {
  const found = parseSiteXml(
    site(
      property("a", " 0123 "),
      property("b", "x &amp; y"),
      "<property><name>c</name><value/></property>",
      "<property>\n<name> d </name>\n<value>\n1\n</value><description>of d</description></property>",
    ),
  );
  expect(found).toEqual([
    { name: "a", value: "0123", isFinal: true },
    { name: "b", value: "x & y", isFinal: true },
    { name: "c", value: "", isFinal: false },
    { name: "d", value: "1", isFinal: false },
  ]);
  expect(parseSiteXml("<configuration/>")).toEqual([]);
  expect(parseSiteXml("<configuration>\n</configuration>")).toEqual([]);
});

test.each([
  ["no XML at all", "fs.defaultFS=hdfs://x"],
  ["cut off", site(property("a", "secret")).slice(0, -20)],
  ["another document", "<properties><property/></properties>"],
  [
    "a property without a name",
    site("<property><value>secret</value></property>"),
  ],
  ["an include of nothing", site("<xi:include/>")],
  [
    "an include with more than a fallback",
    site('<xi:include href="a"><b/></xi:include>'),
  ],
  ["a text between properties", site("secret")],
  [
    "a property with two names",
    site("<property><name>a</name><name>secret</name></property>"),
  ],
  ["another element", site(property("a", "1"), "<secret/>")],
])("what is no configuration is refused, and not repeated: %s", (_, xml) => {
  expect(() => parseSiteXml(xml)).toThrow(/^it is no /);
  expect(() => parseSiteXml(xml)).toThrow(
    expect.not.objectContaining({ cause: expect.anything() as unknown }),
  );
  expect(() => parseSiteXml(xml)).not.toThrow("secret");
});

test("what is included stands where it is included; a fallback counts where that is not there", () => {
  const xml = site(
    property("a", "1"),
    '<xi:include href="there.xml"><xi:fallback><property><name>no</name></property></xi:fallback></xi:include>',
    property("a", "2"),
    `<include xmlns="http://www.w3.org/2001/XInclude" href="gone.xml"><fallback>${property("b", "1")}<include href="there.xml"/></fallback></include>`,
    '<xi:include href="gone.xml"><xi:fallback/></xi:include>',
  );
  const there = [{ name: "in", value: "x", isFinal: false }];
  const found = parsed(xml, (href) =>
    href === "there.xml" ? there : undefined,
  );
  expect(found.map(({ name, value }) => `${name}=${value}`)).toEqual([
    ...["a=1", "in=x", "a=2", "b=1", "in=x"],
  ]);
  expect(() =>
    parseSiteXml(site('<xi:include href="conf/gone.xml"/>')),
  ).toThrow(
    "it includes conf/gone.xml, which is not there, and has no xi:fallback",
  );
});

/** A file that says some things, of which those whose names begin with `!` are final. */
const file = (says: Record<string, string>) =>
  Object.entries(says).map(([name, value]) => ({
    name: name.replace(/^!/, ""),
    value,
    isFinal: name.startsWith("!"),
  }));

test("of several files the later one counts, unless it is final before, and variables are replaced", () => {
  const conf = hadoopConfiguration(
    [
      file({
        host: "nn1",
        "!port": "8020",
        fs: "hdfs://${host}:${port}",
        home: "${env.HOME}/${env.NONE:-none}/${unknown}",
        round: "${round}",
      }),
      file({ host: "nn2", port: "9000" }),
    ],
    { HOME: "/home/us" },
  );
  expect(conf.get("fs")).toBe("hdfs://nn2:8020");
  expect(conf.get("home")).toBe("/home/us/none/${unknown}");
  expect(conf.get("round")).toBe("${round}");
});
