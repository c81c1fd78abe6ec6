/**
 * The description of Temporal's API that the client brings along has 1,200 types. Protobuf makes objects of all of them at each start, which took
 * longer than anything else that a command does. A command's build gets the part of it that its code can reach.
 */

/**
 * @param text the text of the package's module, which gives the description to protobuf's root
 * @returns the description in it, as it is
 * @throws Error where the package describes its API in another way
 */
export function descriptionIn(text) {
  let description;
  class Root {
    addJSON(json) {
      description = json;
      return this;
    }
  }
  const module = {};
  new Function("require", "module", text)(() => ({ roots: {}, Root }), module);
  if (!description)
    throw new Error("@temporalio/proto has its description in another form");
  return description;
}

/** A module that gives protobuf's root the description in a file beside the build; it stands for the package's own. */
export const moduleReading = (file) => `
  const { readFileSync } = require("node:fs");
  const { join } = require("node:path");
  const { roots, Root } = require("protobufjs/light");
  module.exports = (roots.__temporal ??= new Root()).addJSON(
    JSON.parse(readFileSync(join(__dirname, ${JSON.stringify(file)}), "utf8")),
  );
`;

const lowerFirst = (name) => name[0].toLowerCase() + name.slice(1);

/** Each dotted name in a program's text that begins with one of some words, the dots in front of it left out. */
function dottedNames(text, beginnings) {
  const pattern = `\\.((?:${beginnings.join("|")})(?:\\.[A-Za-z_]\\w*)+)`;
  return new Set(
    [...text.matchAll(new RegExp(pattern, "g"))].map(([, n]) => n),
  );
}

/**
 * The part of a description that a program can reach. A type stays if the program names it with its package, as code does that uses it, or if a
 * method that stays takes or returns it, or if a type that stays has it. A service stays if it is named, and each of its methods of which the
 * name occurs anywhere in the program.
 *
 * @param description as protobuf's `addJSON` takes it
 * @param program the program's whole text
 * @param protobuf protobufjs
 */
export function reachable(description, program, protobuf) {
  const { Namespace, Service, Type, Enum, Root } = protobuf;
  const root = Root.fromJSON({ nested: description });
  const words = new Set(program.match(/[A-Za-z_$][\w$]*/g));
  const stays = new Set();

  const keep = (object) => {
    if (!object || stays.has(object)) return;
    stays.add(object);
    if (object.parent instanceof Type) keep(object.parent);
    if (object instanceof Type)
      for (const field of object.fieldsArray) keep(field.resolvedType);
    else if (object instanceof Service)
      for (const method of object.methodsArray.filter(({ name }) =>
        words.has(lowerFirst(name)),
      )) {
        stays.add(method);
        keep(method.resolvedRequestType);
        keep(method.resolvedResponseType);
      }
    else if (!(object instanceof Enum))
      // A package that is named, and no type of it: whatever is in it may be used.
      for (const each of object.nestedArray ?? []) keep(each);
  };

  for (const name of dottedNames(program, Object.keys(description))) {
    let object = root;
    let depth = 0;
    for (const word of name.split(".")) {
      const next = object instanceof Namespace ? object.get(word) : null;
      if (!(next instanceof Namespace || next instanceof Enum)) break;
      object = next;
      depth++;
    }
    // `temporal` and `google` alone are words of other things.
    if (depth > 1) keep(object);
  }

  /** What stays of an object's JSON; undefined where nothing does. */
  const partOf = (json, object) => {
    const nested = Object.entries(json.nested ?? {}).flatMap(([name, each]) => {
      const part = partOf(each, object.get(name));
      return part ? [[name, part]] : [];
    });
    if (nested.length === 0 && !stays.has(object)) return undefined;
    return {
      ...json,
      ...(json.nested ? { nested: Object.fromEntries(nested) } : {}),
      ...(json.methods
        ? {
            methods: Object.fromEntries(
              Object.entries(json.methods).filter(([name]) =>
                stays.has(object.methods[name]),
              ),
            ),
          }
        : {}),
    };
  };
  return partOf({ nested: description }, root)?.nested ?? {};
}
