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
        .array(
          z.object({
            name: text,
            value: text.optional(),
            final: text.optional(),
          }),
        )
        .default([]),
    }),
  ]),
});

/** A property of one file; what is final is not changed by files that come later. */
type Property = { name: string; value: string; isFinal: boolean };

/** Properties by name, as a Hadoop client has them. */
export type HadoopConfiguration = ReadonlyMap<string, string>;

/**
 * The properties of one `*-site.xml` (org.apache.hadoop.conf.Configuration), in their order, variables not replaced.
 * @throws FormatError where it is no such file; the message never has what lies in it, which may be a password
 */
export function parseSiteXml(xml: string): Property[] {
  const found = configuration.safeParse(xmlOf(xml));
  if (!found.success)
    throw new FormatError(
      "it is no <configuration> of <property> elements alone, each with a <name> and a <value> (xi:include is not read)",
    );
  const content = found.data.configuration;
  if (content === "") return [];
  return content.property.map(({ name, value = "", final = "" }) => ({
    name: name.trim(),
    value: value.trim(),
    isFinal: final.trim() === "true",
  }));
}

function xmlOf(text: string): unknown {
  let found: unknown;
  let isXml = true;
  try {
    found = XML.parse(text, true);
  } catch {
    isXml = false;
  }
  // Without the parser's own words, which quote what lies around a fault.
  if (!isXml) throw new FormatError("it is no XML");
  return found;
}

/** Hadoop replaces so many variables in one value, and then no more. */
const MAX_REPLACED = 20;
const VARIABLE = /\$\{([^${}\s]+)\}/;

/**
 * Several files as one: of a name what comes later counts, unless what came before is final. Variables (`${fs.defaultFS}`, `${env.HOME}`) are replaced as Hadoop does:
 * by other properties and by the environment; one that is not known stays as it is written.
 */
export function hadoopConfiguration(
  files: readonly (readonly Property[])[],
  environment: Readonly<Record<string, string | undefined>>,
): HadoopConfiguration {
  const all = new Map<string, string>();
  const final = new Set<string>();
  for (const { name, value, isFinal } of files.flat()) {
    if (final.has(name)) continue;
    all.set(name, value);
    if (isFinal) final.add(name);
  }
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
