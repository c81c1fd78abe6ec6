import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import { FormatError } from "../format-error";

/** Texts stay texts: `0123` is no number in Hadoop's configuration. Elements stay in their order, as that of properties and of included files counts. */
const XML = new XMLParser({
  parseTagValue: false,
  ignoreAttributes: false,
  parseAttributeValue: false,
  attributeNamePrefix: "",
  preserveOrder: true,
});

/** What lies in an element: each piece has its name and its content, `#text` a text, and maybe attributes as `:@`. */
const pieces = z.array(z.record(z.string(), z.unknown()));
const texts = z.array(
  z.strictObject({
    "#text": z.union([z.string(), z.number()]).transform(String),
  }),
);
const attributes = z.object({ href: z.string().min(1) });
const ATTRIBUTES = ":@";

/** A property of one file; what is final is not changed by files that come later. */
export type Property = { name: string; value: string; isFinal: boolean };

/** Properties by name, as a Hadoop client has them. */
export type HadoopConfiguration = ReadonlyMap<string, string>;

/** The properties of a file that another one includes; undefined where there is no such file. */
export type Included = (href: string) => readonly Property[] | undefined;

const NO_CONFIGURATION =
  "it is no <configuration> of <property> and <xi:include> elements alone, each property with a <name> and a <value>, each xi:include with a file as href";
/** What may be repeated of what is included. */
const PATH = /^[\w./:-]{1,300}$/;
const noConfiguration = () => new FormatError(NO_CONFIGURATION);

/**
 * The properties of one `*-site.xml` (org.apache.hadoop.conf.Configuration), in their order, variables not replaced. Those of an included file
 * stand where it is included.
 * @param included reads what is included
 * @throws FormatError where it is no such file; the message never has what lies in it, which may be a password. Also what `included` throws
 */
export function parseSiteXml(xml: string, included: Included): Property[] {
  const roots = elementsOf(xmlOf(xml)).filter(({ name }) => name[0] !== "?");
  const [root] = roots;
  if (root?.name !== "configuration" || roots.length > 1)
    throw noConfiguration();
  return propertiesOf(root.content, included);
}

type Element = { name: string; content: unknown; href: string | undefined };

/** The elements of some content, in their order. @throws FormatError where there is text between them */
function elementsOf(content: unknown): Element[] {
  const found = pieces.safeParse(content);
  if (!found.success) throw noConfiguration();
  return found.data.map((piece) => {
    const [name, ...others] = Object.keys(piece).filter(
      (key) => key !== ATTRIBUTES,
    );
    if (name === undefined || name === "#text" || others.length > 0)
      throw noConfiguration();
    // Hadoop goes by the name without its prefix, whatever that is.
    const href = attributes.safeParse(piece[ATTRIBUTES]).data?.href.trim();
    return { name: name.replace(/^.*:/, ""), content: piece[name], href };
  });
}

const propertiesOf = (content: unknown, included: Included): Property[] =>
  elementsOf(content).flatMap((element) => {
    if (element.name === "property") return propertyOf(element.content);
    if (element.name === "include") return includedBy(element, included);
    throw noConfiguration();
  });

/** What a file has that is included, or the element's `xi:fallback` where there is none. */
function includedBy(
  { content, href }: Element,
  included: Included,
): readonly Property[] {
  const [fallback, ...others] = elementsOf(content);
  const isOther = fallback !== undefined && fallback.name !== "fallback";
  if (href === undefined || isOther || others.length > 0)
    throw noConfiguration();
  const found = included(href);
  if (found) return found;
  if (fallback) return propertiesOf(fallback.content, included);
  throw new FormatError(
    `it includes ${PATH.test(href) ? href : "a file"}, which is not there, and has no xi:fallback`,
  );
}

function propertyOf(content: unknown): Property {
  const parts = pieces.safeParse(content).data ?? [];
  const textOf = (name: string): string | undefined => {
    const [part, ...others] = parts.filter((each) => Object.hasOwn(each, name));
    if (part === undefined) return undefined;
    const found = texts.safeParse(part[name]);
    if (!found.success || others.length > 0) throw noConfiguration();
    return found.data
      .map((each) => each["#text"])
      .join("")
      .trim();
  };
  const name = textOf("name");
  if (name === undefined) throw noConfiguration();
  return {
    name,
    value: textOf("value") ?? "",
    isFinal: textOf("final") === "true",
  };
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
