import { FormatError } from "../../../../formats/format-error";
import { readJavaObject } from "../../../../formats/hadoop/java-serialized";
import { utf } from "./writables";

const MAGIC = "aced0005";
const SERIAL = "0".repeat(16);
const END = "78";
/** A reference to what came as the so-manieth of the stream. */
const reference = (index: number) =>
  `71${(0x7e0000 + index).toString(16).padStart(8, "0")}`;

/** A class without fields. @param parent the superclass as the stream has it */
const classOf = (name: string, parent: string, flags = "02", fields = "0000") =>
  `72${utf(name).toString("hex")}${SERIAL}${flags}${fields}${END}${parent}`;

const read = (hex: string) => readJavaObject(Buffer.from(MAGIC + hex, "hex"));

test("an object has its class and fields", () => {
  const fields = `000149${utf("n").toString("hex")}`;
  expect(read(`73${classOf("A", "70", "02", fields)}00000005`)).toMatchObject({
    class: "A",
    fields: { n: 5 },
  });
});

test.each([
  ["a class that is its own superclass", `73${classOf("A", reference(0))}`],
  [
    "superclasses without an end",
    `73${`72${utf("A").toString("hex")}${SERIAL}020000${END}`.repeat(70_000)}`,
  ],
  ["a text in a class's place", `7571007e0000${reference(0)}`],
  [
    "a class in a value's place",
    `73${classOf("A", "70", "03")}${reference(0)}${END}`,
  ],
  ["an array of more than there is", `75${classOf("[I", "70")}01ffffff00`],
  ["a text of fewer bytes than none", `7cffffffffffffffff`],
])("%s is refused", (_, hex) => {
  expect(() => read(hex)).toThrow(FormatError);
});

test("a field's name changes no object but its own", () => {
  const fields = `00015b${utf("__proto__").toString("hex")}7400015b`;
  const object = read(`73${classOf("A", "70", "02", fields)}70`) as {
    fields: object;
  };
  expect(Object.keys(object.fields)).toEqual(["__proto__"]);
});
