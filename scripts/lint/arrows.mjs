import { dirname, relative, resolve, sep } from "node:path";

/**
 * Which folders each folder may import from, besides itself (docs/architecture.md draws them as arrows).
 * `types` may be imported as types only, so that a proxy and what it stands for cannot differ.
 */
export const ARROWS = {
  lib: { values: [] },
  formats: { values: ["lib"] },
  domain: { values: ["lib", "formats"] },
  reports: { values: ["lib", "formats", "domain"] },
  clients: { values: ["lib", "formats", "domain"] },
  importers: { values: ["lib", "formats", "domain", "clients"] },
  activities: {
    values: ["lib", "formats", "domain", "reports", "clients", "importers"],
  },
  workflows: { values: ["lib", "domain", "reports"], types: ["activities"] },
  workers: {
    values: [
      "lib",
      "formats",
      "domain",
      "reports",
      "clients",
      "importers",
      "activities",
      "workflows",
    ],
  },
  cli: {
    values: [
      "lib",
      "formats",
      "domain",
      "reports",
      "clients",
      "importers",
      "workers",
      "temporal-config",
    ],
  },
  "temporal-config": { values: [] },
};

const ROOT = resolve(import.meta.dirname, "..", "..");

/** The folder of the checkout's root in which a file lies. */
const folderOf = (file) => relative(ROOT, file).split(sep)[0];

/** A lint rule: an import may follow an arrow of the design only, and there are no exceptions. */
export const arrows = {
  meta: {
    type: "problem",
    schema: [],
    messages: {
      against:
        "{{from}}/ may not import {{what}} from {{to}}/ (docs/architecture.md).",
    },
  },
  create(context) {
    const from = folderOf(context.filename);
    const allowed = ARROWS[from];
    if (!allowed) return {};
    const check = (node, typesOnly) => {
      const specifier = node.source?.value;
      if (typeof specifier !== "string" || !specifier.startsWith(".")) return;
      const to = folderOf(resolve(dirname(context.filename), specifier));
      if (to === from || allowed.values.includes(to)) return;
      if (typesOnly && allowed.types?.includes(to)) return;
      context.report({
        node,
        messageId: "against",
        data: { from, to, what: typesOnly ? "types" : "anything" },
      });
    };
    return {
      ImportDeclaration: (node) => check(node, node.importKind === "type"),
      ExportNamedDeclaration: (node) => check(node, node.exportKind === "type"),
      ExportAllDeclaration: (node) => check(node, node.exportKind === "type"),
      ImportExpression: (node) => check(node, false),
      TSImportType: (node) =>
        check({ ...node, source: node.source ?? node.argument?.literal }, true),
    };
  },
};
