import { FormatError, named } from "../format-error";
import { ByteReader } from "./bytes";

/** A serialised Java object. */
export type JavaObject = {
  class: string;
  /** Those of its superclasses, too. */
  fields: Record<string, JavaValue>;
  /** What the class wrote besides its fields, by a method `writeObject` of its own: a collection's elements, for example. */
  extra: JavaValue[];
};
export type JavaValue =
  JavaObject | JavaValue[] | Buffer | string | number | bigint | boolean | null;

type ClassDesc = {
  name: string;
  flags: number;
  fields: { type: string; name: string }[];
  parent: ClassDesc | null;
};

const MAX_DEPTH = 64;

/** java.io.ObjectStreamConstants. */
const MAGIC = 0xaced;
const VERSION = 5;
const BASE_HANDLE = 0x7e0000;
const TAG = {
  null: 0x70,
  reference: 0x71,
  classDescription: 0x72,
  object: 0x73,
  string: 0x74,
  array: 0x75,
  blockData: 0x77,
  endOfBlockData: 0x78,
  longBlockData: 0x7a,
  longString: 0x7c,
  enum: 0x7e,
};
const FLAG = { writesExtra: 1, isSerializable: 2 };

/**
 * Reads the first object of a stream of the Java Object Serialization Stream Protocol (version 5) as data; no class is loaded and
 * nothing is run. What YARN's log indexes contain is understood, and no more of the protocol.
 * @throws FormatError on anything else, or where objects are nested more than 64 deep
 */
export function readJavaObject(bytes: Buffer): JavaValue {
  const reader = new ByteReader(bytes);
  if (reader.uint16() !== MAGIC || reader.uint16() !== VERSION)
    throw new FormatError("not a Java serialisation stream");
  return new JavaReader(reader).value(0);
}

class JavaReader {
  /** What the stream may refer back to, in the order in which it came. */
  private readonly handles: (JavaValue | ClassDesc)[] = [];
  private readonly classes = new Set<ClassDesc>();

  constructor(private readonly reader: ByteReader) {}

  value(depth: number): JavaValue {
    if (depth > MAX_DEPTH)
      throw new FormatError("the Java object is nested too deeply");
    const tag = this.reader.uint8();
    switch (tag) {
      case TAG.null:
        return null;
      case TAG.reference:
        return this.referredValue();
      case TAG.object:
        return this.object(depth);
      case TAG.string: {
        const text = this.reader.utf();
        this.handles.push(text);
        return text;
      }
      case TAG.longString: {
        const text = this.reader
          .take(Number(this.reader.int64()))
          .toString("utf8");
        this.handles.push(text);
        return text;
      }
      case TAG.array:
        return this.array(depth);
      case TAG.blockData:
        return this.reader.take(this.reader.uint8());
      case TAG.longBlockData:
        return this.reader.take(this.reader.int32());
      case TAG.enum: {
        this.classDesc(depth);
        const at = this.handles.push(null) - 1;
        const name = this.value(depth + 1);
        this.handles[at] = name;
        return name;
      }
      default:
        throw new FormatError(
          `Java serialisation tag 0x${tag.toString(16)} at ${this.reader.position - 1} is not supported`,
        );
    }
  }

  private referredValue(): JavaValue {
    const value = this.reference();
    if (this.classes.has(value as ClassDesc))
      throw new FormatError("a Java reference to a value leads to a class");
    return value as JavaValue;
  }

  private reference(): JavaValue | ClassDesc {
    const handle = this.reader.int32() - BASE_HANDLE;
    if (handle < 0 || handle >= this.handles.length)
      throw new FormatError(`Java handle ${handle} is unknown`);
    return this.handles[handle]!;
  }

  private classDesc(depth: number): ClassDesc | null {
    if (depth > MAX_DEPTH)
      throw new FormatError("a Java class has too many superclasses");
    const tag = this.reader.uint8();
    if (tag === TAG.null) return null;
    if (tag === TAG.reference) {
      const desc = this.reference();
      if (!this.classes.has(desc as ClassDesc))
        throw new FormatError("a Java reference to a class leads elsewhere");
      return desc as ClassDesc;
    }
    if (tag !== TAG.classDescription)
      throw new FormatError(
        `Java class description tag 0x${tag.toString(16)} is not supported`,
      );
    const desc: ClassDesc = {
      name: this.reader.utf(),
      flags: 0,
      fields: [],
      parent: null,
    };
    this.reader.int64(); // serialVersionUID
    this.handles.push(desc);
    this.classes.add(desc);
    desc.flags = this.reader.uint8();
    for (let left = this.reader.uint16(); left > 0; left--) {
      const type = String.fromCharCode(this.reader.uint8());
      desc.fields.push({ type, name: this.reader.utf() });
      if (type === "L" || type === "[") this.value(depth + 1);
    }
    this.annotation(depth);
    desc.parent = this.classDesc(depth + 1);
    for (let part = desc.parent; part; part = part.parent)
      if (part === desc)
        throw new FormatError(`${named(desc.name)} is its own superclass`);
    return desc;
  }

  /** What a class wrote of its own, up to the mark that ends it. */
  private annotation(depth: number): JavaValue[] {
    const found: JavaValue[] = [];
    while (this.reader.peek(1)[0] !== TAG.endOfBlockData)
      found.push(this.value(depth + 1));
    this.reader.uint8();
    return found;
  }

  private object(depth: number): JavaObject {
    const desc = this.classDesc(depth);
    if (!desc) throw new FormatError("a Java object without a class");
    const object: JavaObject = {
      class: desc.name,
      // No field of a stream is taken for one that every object has.
      fields: Object.create(null) as Record<string, JavaValue>,
      extra: [],
    };
    this.handles.push(object);
    // Fields come class by class, the topmost superclass's first.
    const lineage: ClassDesc[] = [];
    for (let part: ClassDesc | null = desc; part; part = part.parent)
      lineage.unshift(part);
    for (const part of lineage) {
      if ((part.flags & FLAG.isSerializable) === 0)
        throw new FormatError(`${named(part.name)} is not plainly serialised`);
      for (const field of part.fields)
        object.fields[field.name] = this.typed(field.type, depth);
      if (part.flags & FLAG.writesExtra)
        object.extra.push(...this.annotation(depth));
    }
    return object;
  }

  private array(depth: number): JavaValue {
    const desc = this.classDesc(depth);
    const at = this.handles.push(null) - 1;
    const size = this.reader.int32();
    if (size < 0 || size > this.reader.left)
      throw new FormatError(`a Java array of ${size}`);
    const values: JavaValue[] = [];
    for (let i = 0; i < size; i++)
      values.push(this.typed(desc?.name[1] ?? "L", depth));
    this.handles[at] = values;
    return values;
  }

  /** A value of a type as class files name it: `I` for an int, `L...;` for an object. */
  private typed(type: string, depth: number): JavaValue {
    switch (type) {
      case "B":
        return this.reader.int8();
      case "C":
      case "S":
        return this.reader.uint16();
      case "I":
        return this.reader.int32();
      case "J":
        return this.reader.int64();
      case "Z":
        return this.reader.boolean();
      case "F":
        return this.reader.take(4).readFloatBE();
      case "D":
        return this.reader.take(8).readDoubleBE();
      default:
        return this.value(depth + 1);
    }
  }
}

/** The entries of a serialised HashMap, TreeMap or LinkedHashMap; none for null. */
export function mapEntries(
  value: JavaValue | undefined,
): [JavaValue, JavaValue][] {
  const items = objects(value);
  const entries: [JavaValue, JavaValue][] = [];
  for (let i = 0; i + 1 < items.length; i += 2)
    entries.push([items[i]!, items[i + 1]!]);
  return entries;
}

/** The elements of a serialised ArrayList; none for null. */
export const listItems = (value: JavaValue | undefined) => objects(value);

/** What a collection wrote, without the sizes, which it writes as plain bytes. */
function objects(value: JavaValue | undefined): JavaValue[] {
  if (value === null || value === undefined) return [];
  if (!isObject(value)) throw new FormatError("a Java collection was expected");
  return value.extra.filter((item) => !Buffer.isBuffer(item));
}

export const isObject = (value: JavaValue): value is JavaObject =>
  typeof value === "object" && value !== null && "class" in value;
