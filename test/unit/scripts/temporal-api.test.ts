import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type * as Protobuf from "protobufjs";
import { built } from "../../../bin/built";
import { ROOT } from "../../../lib/root";

type Description = Record<string, { nested?: Description }>;
// A script for plain Node, which has no types.
const { descriptionIn, reachable } = jest.requireActual<{
  descriptionIn: (text: string) => Description;
  reachable: (
    description: Description,
    program: string,
    protobuf: unknown,
  ) => Description;
}>("../../../scripts/build/temporal-api.mjs");

const requireByClient = createRequire(require.resolve("@temporalio/client"));
const MODULE = requireByClient.resolve("@temporalio/proto/protos/json-module");
const protobuf = createRequire(MODULE)(
  "protobufjs/light",
) as typeof import("protobufjs");

/** The text of all files of some kind in a folder and below. */
const textIn = (folder: string, kind: string): string =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(kind))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");

describe("of Temporal's own API", () => {
  const libOf = (name: string) => dirname(require.resolve(name));
  const client = textIn(libOf("@temporalio/client"), ".js");
  const program = [
    client,
    textIn(libOf("@temporalio/common"), ".js"),
    textIn(join(ROOT, "cli"), ".ts"),
  ].join("\n");
  const description = descriptionIn(readFileSync(MODULE, "utf8"));
  const all = protobuf.Root.fromJSON({ nested: description });
  const part = reachable(description, program, protobuf);
  const some = protobuf.Root.fromJSON({ nested: part });

  const SERVICES = {
    workflowService: "temporal.api.workflowservice.v1.WorkflowService",
    operatorService: "temporal.api.operatorservice.v1.OperatorService",
    healthService: "grpc.health.v1.Health",
  };
  const calls = [
    ...new Set(
      [
        ...program.matchAll(
          /\b(workflowService|operatorService|healthService)\.(\w+)\(/g,
        ),
      ].map(([, service, method]) => `${service} ${method}`),
    ),
  ].map((call) => call.split(" ") as [keyof typeof SERVICES, string]);

  /** Expects a type to be there as it is in the whole, and those of its fields. */
  function expectWhole(
    type: Protobuf.Type | Protobuf.Enum | null,
    seen: Set<unknown>,
  ) {
    if (!type || seen.has(type)) return;
    seen.add(type);
    const found = some.lookupTypeOrEnum(type.fullName);
    if (type instanceof protobuf.Enum)
      expect((found as unknown as Protobuf.Enum).values).toEqual(type.values);
    if (!(type instanceof protobuf.Type)) return;
    const fields = (of: Protobuf.Type) =>
      of.fieldsArray.map((field) => [
        field.toJSON(),
        field.resolvedType?.fullName,
      ]);
    const oneOfs = (of: Protobuf.Type) =>
      Object.entries(of.oneofs ?? {}).map(([name, { oneof }]) => [name, oneof]);
    expect(fields(found as Protobuf.Type)).toEqual(fields(type));
    expect(oneOfs(found as Protobuf.Type)).toEqual(oneOfs(type));
    for (const field of type.fieldsArray) expectWhole(field.resolvedType, seen);
  }

  test("whatever the client and the commands call is there, with all that it takes and returns", () => {
    expect(calls.length).toBeGreaterThan(30);
    const seen = new Set();
    for (const [service, method] of calls) {
      const name = method[0]!.toUpperCase() + method.slice(1);
      const called = all.lookupService(SERVICES[service]).methods[name]!;
      const kept = some.lookupService(SERVICES[service]).methods[name];
      expect(kept?.toJSON()).toEqual(called.toJSON());
      expectWhole(called.resolvedRequestType, seen);
      expectWhole(called.resolvedResponseType, seen);
    }
    expect(seen.size).toBeGreaterThan(100);
  });

  test("the build has what commands call, as far as esbuild's names let it be seen", () => {
    const folder = dirname(built("cli.js"));
    const api = JSON.parse(
      readFileSync(join(folder, "temporal-api.json"), "utf8"),
    ) as Description;
    const ofBuild = protobuf.Root.fromJSON({ nested: api });
    for (const [service, method] of calls) {
      const name = method[0]!.toUpperCase() + method.slice(1);
      const kept = ofBuild.lookupService(SERVICES[service]).methods[name];
      expect([method, kept?.name]).toEqual([method, name]);
    }
  });

  test("whatever the client names with its package is there", () => {
    const names = [
      ...client.matchAll(
        /\.((?:temporal\.api|google|grpc)(?:\.[a-z]\w*)+(?:\.[A-Z]\w*)+)/g,
      ),
    ].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(10);
    for (const name of names)
      if (all.lookup(name))
        expect(some.lookup(name)?.fullName).toBe(`.${name}`);
  });

  test("most of what only workers need is not", () => {
    expect(part).not.toHaveProperty("coresdk");
    expect(JSON.stringify(part).length).toBeLessThan(
      JSON.stringify(description).length / 2,
    );
  });
});

const message = (fields: Record<string, string>, nested?: Description) => ({
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, type], i) => [
      name,
      { type, id: i + 1 },
    ]),
  ),
  ...(nested ? { nested } : {}),
});
const API: Description = {
  temporal: {
    nested: {
      api: {
        nested: {
          Job: message({ owner: "Owner", state: "State" }),
          Owner: message({ name: "string" }),
          State: { values: { NEW: 0 } } as object,
          Outer: message({ owner: "Owner" }, { Inner: message({}) }),
          Unused: message({ job: "Job" }),
          Jobs: {
            methods: {
              GetJob: { requestType: "Ask", responseType: "Job" },
              EndJob: { requestType: "End", responseType: "Unused" },
            },
          } as object,
          Ask: message({}),
          End: message({}),
        },
      },
    },
  },
};
/** The names in the package that a program can reach. */
const names = (program: string) => {
  const { temporal } = reachable(API, program, protobuf);
  return Object.keys(temporal?.nested?.["api"]?.nested ?? {}).sort();
};

test("a type brings the types of its fields, one in another brings that", () => {
  expect(names("new proto.temporal.api.Job()")).toEqual([
    "Job",
    "Owner",
    "State",
  ]);
  expect(names("proto.temporal.api.Outer.Inner.decode(b)")).toEqual([
    "Outer",
    "Owner",
  ]);
});

test("a service brings those of its methods that the program may call", () => {
  const program = "proto.temporal.api.Jobs.create(); this.jobs.getJob({})";
  expect(names(program)).toEqual(["Ask", "Job", "Jobs", "Owner", "State"]);
  const { temporal } = reachable(API, program, protobuf);
  expect(temporal?.nested?.["api"]?.nested?.["Jobs"]).toEqual({
    methods: { GetJob: { requestType: "Ask", responseType: "Job" } },
  });
});

test("a package that is named alone stays whole, as whatever is in it may be meant", () => {
  expect(names("const api = proto.temporal.api; api.Job")).toEqual(
    Object.keys(API["temporal"]!.nested!["api"]!.nested!).sort(),
  );
});

test("a program that names nothing gets nothing", () => {
  expect(names("temporal.io")).toEqual([]);
});

test("a description in another form ends the build", () => {
  expect(() => descriptionIn("module.exports = {}")).toThrow("another form");
});
