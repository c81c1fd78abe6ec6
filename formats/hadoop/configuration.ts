import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import { FormatError } from "../format-error";

/** Texts stay texts: `0123` is no number in Hadoop's configuration. */
const XML = new XMLParser({
  parseTagValue: false,
  isArray: (name) => name === "property",
});

const text = z.union([z.string(), z.number()]).transform(String);
const configuration = z.object({
  configuration: z.union([
    // An element without content.
    z.literal(""),
    // Files that are included (`xi:include`) are not read: without them the rest would pass for all.
    z.strictObject({
      property: z
        .array(z.object({ name: text, value: text.optional() }))
        .default([]),
    }),
  ]),
});

/** Properties by name, as a Hadoop client has them. */
export type HadoopConfiguration = ReadonlyMap<string, string>;

/**
 * The properties of one `*-site.xml` (org.apache.hadoop.conf.Configuration), variables not replaced. Of a name that is there twice the last
 * counts.
 * @throws FormatError where it is no such file; the message never has what lies in it, which may be a password
 */
export function parseSiteXml(xml: string): Map<string, string> {
  let parsed: unknown;
  try {
    parsed = XML.parse(xml, true);
  } catch (error) {
    throw new FormatError("it is no XML", { cause: error });
  }
  const found = configuration.safeParse(parsed);
  if (!found.success)
    throw new FormatError(
      "it is no <configuration> of <property> elements alone, each with a <name> and a <value>",
    );
  const content = found.data.configuration;
  if (content === "") return new Map();
  return new Map(
    content.property.map(({ name, value = "" }) => [name.trim(), value.trim()]),
  );
}

/** Hadoop replaces so many variables in one value, and then no more. */
const MAX_REPLACED = 20;
const VARIABLE = /\$\{([^${}\s]+)\}/;

/**
 * Several files as one: of a name the file that comes later counts. Variables (`${fs.defaultFS}`, `${env.HOME}`) are replaced as Hadoop does:
 * by other properties and by the environment; one that is not known stays as it is written.
 */
export function hadoopConfiguration(
  files: readonly ReadonlyMap<string, string>[],
  environment: Readonly<Record<string, string | undefined>>,
): HadoopConfiguration {
  const all = new Map(files.flatMap((file) => [...file]));
  const valueOf = (name: string): string | undefined => {
    const [, variable, otherwise] =
      /^env\.([^:-]+)(?::?-(.*))?$/.exec(name) ?? [];
    return variable === undefined
      ? all.get(name)
      : (environment[variable] ?? otherwise);
  };
  const replaced = (value: string): string => {
    let result = value;
    for (let i = 0; i < MAX_REPLACED; i++) {
      const found = VARIABLE.exec(result);
      const known = found && valueOf(found[1]!);
      if (known === null || known === undefined) return result;
      result = result.replace(found![0], () => known);
    }
    return result;
  };
  return new Map([...all].map(([name, value]) => [name, replaced(value)]));
}
