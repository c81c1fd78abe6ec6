import { z } from "zod";
import { configSchema } from "../domain/settings/config";
import { ENVIRONMENT } from "../domain/settings/environment";
import { pipelines } from "../domain/settings/sections/pipelines";

/**
 * The configuration's reference as Markdown, made from the zod schema alone (by way of JSON Schema, zod's public view of it) and from
 * the list of environment variables. The text is as Prettier leaves it, so that formatting the page changes nothing.
 */

type Schema = z.core.JSONSchema.BaseSchema;

/** The reference lies between these lines of docs/configuration.md; what is around them is written by hand. */
const BEGIN =
  "<!-- From here to the end of the reference: made by `npm run docs:config`. -->";
const END = "<!-- End of the reference. -->";

/** A field's cells: name, what it may be, what it is otherwise, what it means. */
type Row = [field: string, type: string, byDefault: string, meaning: string];

const code = (text: string) => `\`${text}\``;

const asSchema = (value: unknown): Schema => value as Schema;

const isSection = (schema: Schema) => schema.properties !== undefined;

/** Whether a section's fields are told one by one; those of a form that its `format` tells whole have no descriptions. */
const isDescribed = (schema: Schema) =>
  Object.values(schema.properties ?? {}).some(
    (value) => asSchema(value).description !== undefined,
  );

/** A bound that the schema names; zod also gives whole numbers those within which JavaScript counts exactly. */
const bound = (value: number | undefined) =>
  value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER
    ? undefined
    : String(value);

function numberType(schema: Schema): string {
  const least = bound(schema.minimum);
  const most = bound(schema.maximum);
  const above = bound(schema.exclusiveMinimum as number | undefined);
  return [
    schema.type === "integer" ? "whole number" : "number",
    ...(least === undefined ? [] : [`from ${least}`]),
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(most === undefined ? [] : [`to ${most}`]),
  ].join(" ");
}

/** What may stand there, in words. @throws Error for a kind of schema that it has no words for */
function typeText(schema: Schema): string {
  // One of several forms, which a name or the field's description tells.
  if (schema.anyOf && schema.format !== undefined) return schema.format;
  if (schema.oneOf) return "section";
  // Whatever YAML can hold: its description is beside it.
  if (Object.keys(schema).length === 0) return "any value";
  if (schema.enum)
    return schema.enum.map((value) => code(String(value))).join(", ");
  switch (schema.type) {
    case "string":
      return schema.format ?? "text";
    case "integer":
    case "number":
      return numberType(schema);
    case "boolean":
      return "`true`, `false`";
    case "array": {
      const items = asSchema(schema.items);
      const least = schema.minItems ? `, at least ${schema.minItems}` : "";
      return isSection(items)
        ? `list of sections${least}`
        : `list${least}: ${typeText(items)}`;
    }
    case "object":
      return isSection(schema)
        ? "section"
        : `map: ${typeText(asSchema(schema.propertyNames))} to ${typeText(asSchema(schema.additionalProperties))}`;
    default:
      throw new Error(
        `the reference has no words for ${JSON.stringify(schema)}`,
      );
  }
}

function defaultText(schema: Schema, required: boolean): string {
  if (required) return "required";
  if (schema.default === undefined) return "none";
  // The defaults of a section are those of its fields.
  if (isSection(schema)) return "";
  return code(
    typeof schema.default === "string"
      ? schema.default
      : JSON.stringify(schema.default),
  );
}

/** A section's fields, each followed by its own: their paths have dots, and `[]` behind a list of sections. */
function rowsOf(section: Schema, prefix = ""): Row[] {
  return Object.entries(section.properties ?? {}).flatMap(([name, value]) => {
    const schema = asSchema(value);
    const path = `${prefix}${name}`;
    const required = section.required?.includes(name) ?? false;
    if (schema.description === undefined)
      throw new Error(`${path} has no description in its schema`);
    const row: Row = [
      code(path),
      typeText(schema),
      defaultText(schema, required),
      schema.description,
    ];
    const items = schema.items === undefined ? {} : asSchema(schema.items);
    const { additionalProperties } = schema;
    const named = additionalProperties ? asSchema(additionalProperties) : {};
    return [
      row,
      ...rowsOf(schema, `${path}.`),
      ...rowsOf(items, `${path}[].`),
      ...rowsOf(named, `${path}.NAME.`),
      ...rowsOfForms(schema.oneOf?.map(asSchema) ?? [], path),
      // A section that may stand there instead of something shorter.
      ...(schema.anyOf ?? [])
        .map(asSchema)
        .filter(isDescribed)
        .flatMap((form) => rowsOf(form, `${path}.`)),
    ];
  });
}

/** The fields of a section of several forms: those that tell them apart, and then what each form has. */
function rowsOfForms(forms: Schema[], path: string): Row[] {
  return forms.flatMap((form) => {
    const named = Object.entries(form.properties ?? {}).map(
      ([name, value]) => [name, asSchema(value)] as const,
    );
    const kinds = named.filter(
      ([, schema]) => schema.description === undefined,
    );
    const rest = Object.fromEntries(
      named.filter(([, schema]) => schema.description !== undefined),
    );
    return [
      ...kinds.map(([name, schema]): Row => [
        code(`${path}.${name}`),
        schema.const === undefined
          ? typeText(schema)
          : code(String(schema.const)),
        "required",
        `With it come: ${Object.keys(rest).map(code).join(", ")}.`,
      ]),
      ...rowsOf({ ...form, properties: rest }, `${path}.`),
    ];
  });
}

/** A Markdown table whose columns are as wide as their widest cell, as Prettier writes them. */
function tableText(rows: string[][]): string {
  const cells = rows.map((row) =>
    row.map((cell) => cell.replaceAll("|", "\\|")),
  );
  const widths = cells[0]!.map((_, column) =>
    Math.max(3, ...cells.map((row) => row[column]!.length)),
  );
  const line = (row: string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  const [head, ...body] = cells;
  return [line(head!), line(rule), ...body.map(line)].join("\n");
}

/** The whole reference, without the lines around it. */
function configReference(): string {
  const file = z.strictObject({ ...configSchema.shape, pipelines });
  const schema = asSchema(z.toJSONSchema(file, { io: "input" }));
  return [
    "## Fields",
    "A path has a dot before each field of a section, `[]` behind a list of sections, and `NAME` where\na name of your own stands. What is required in an optional section is required only where that section is given.",
    tableText([["field", "allowed", "default", "meaning"], ...rowsOf(schema)]),
    "## Environment variables",
    tableText([
      ["variable", "read by", "meaning"],
      ...ENVIRONMENT.map(({ name, readBy, meaning, isSecret }) => [
        code(name),
        readBy,
        isSecret ? `A secret: ${meaning}` : meaning,
      ]),
    ]),
  ].join("\n\n");
}

/** A page with its reference made anew. @throws Error where the page does not say where the reference lies */
export function withReference(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin)
    throw new Error(`the page needs the lines\n${BEGIN}\n${END}`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${configReference()}\n\n${page.slice(end)}`;
}
