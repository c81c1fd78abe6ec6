import { ByteReader, FormatError } from "./bytes";

/** A serialised Java object: its fields (superclasses' too) and what its writeObject added. */
export type JavaObject = {
  class: string;
  fields: Record<string, JavaValue>;
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

/**
 * Reads one object of the Java Object Serialization Stream Protocol (version 5), as data: nothing is instantiated.
 * Only what log indexes need is understood.
 * @throws FormatError on anything else, or nesting past 64
 */
export function readJavaObject(bytes: Buffer): JavaValue {
  const reader = new ByteReader(bytes);
  if (reader.uint16() !== 0xaced || reader.uint16() !== 5)
    throw new FormatError("not a Java serialisation stream");
  return new JavaReader(reader).value(0);
}

class JavaReader {
  private readonly handles: unknown[] = [];

  constructor(private readonly r: ByteReader) {}

  value(depth: number): JavaValue {
    if (depth > MAX_DEPTH)
      throw new FormatError("the Java object is nested too deeply");
    const tag = this.r.uint8();
    switch (tag) {
      case 0x70:
        return null;
      case 0x71:
        return this.reference() as JavaValue;
      case 0x73:
        return this.object(depth);
      case 0x74: {
        const text = this.r.utf();
        this.handles.push(text);
        return text;
      }
      case 0x7c: {
        const text = this.r.take(Number(this.r.int64())).toString("utf8");
        this.handles.push(text);
        return text;
      }
      case 0x75:
        return this.array(depth);
      case 0x77:
        return this.r.take(this.r.uint8());
      case 0x7a:
        return this.r.take(this.r.int32());
      case 0x7e: {
        this.classDesc(depth);
        const at = this.handles.push(null) - 1;
        const name = this.value(depth + 1);
        this.handles[at] = name;
        return name;
      }
      default:
        throw new FormatError(
          `Java serialisation tag 0x${tag.toString(16)} at ${this.r.position - 1} is not supported`,
        );
    }
  }

  private reference(): unknown {
    const handle = this.r.int32() - 0x7e0000;
    if (handle < 0 || handle >= this.handles.length)
      throw new FormatError(`Java handle ${handle} is unknown`);
    return this.handles[handle];
  }

  private classDesc(depth: number): ClassDesc | null {
    const tag = this.r.uint8();
    if (tag === 0x70) return null;
    if (tag === 0x71) return this.reference() as ClassDesc;
    if (tag !== 0x72)
      throw new FormatError(
        `Java class description tag 0x${tag.toString(16)} is not supported`,
      );
    const desc: ClassDesc = {
      name: this.r.utf(),
      flags: 0,
      fields: [],
      parent: null,
    };
    this.r.int64(); // serialVersionUID
    this.handles.push(desc);
    desc.flags = this.r.uint8();
    for (let left = this.r.uint16(); left > 0; left--) {
      const type = String.fromCharCode(this.r.uint8());
      desc.fields.push({ type, name: this.r.utf() });
      if (type === "L" || type === "[") this.value(depth + 1);
    }
    this.annotation(depth);
    desc.parent = this.classDesc(depth);
    return desc;
  }

  private annotation(depth: number): JavaValue[] {
    const found: JavaValue[] = [];
    while (this.r.peek(1)[0] !== 0x78) found.push(this.value(depth + 1));
    this.r.uint8();
    return found;
  }

  private object(depth: number): JavaObject {
    const desc = this.classDesc(depth);
    if (!desc) throw new FormatError("a Java object without a class");
    const object: JavaObject = { class: desc.name, fields: {}, extra: [] };
    this.handles.push(object);
    const chain: ClassDesc[] = [];
    for (let c: ClassDesc | null = desc; c; c = c.parent) chain.unshift(c);
    for (const c of chain) {
      if ((c.flags & 2) === 0)
        throw new FormatError(`${c.name} is not plainly serialised`);
      for (const field of c.fields)
        object.fields[field.name] = this.typed(field.type, depth);
      if (c.flags & 1) object.extra.push(...this.annotation(depth));
    }
    return object;
  }

  private array(depth: number): JavaValue {
    const desc = this.classDesc(depth);
    const at = this.handles.push(null) - 1;
    const size = this.r.int32();
    if (size < 0 || size > this.r.left)
      throw new FormatError(`a Java array of ${size}`);
    const values = Array.from({ length: size }, () =>
      this.typed(desc?.name[1] ?? "L", depth),
    );
    this.handles[at] = values;
    return values;
  }

  private typed(type: string, depth: number): JavaValue {
    switch (type) {
      case "B":
        return this.r.int8();
      case "C":
      case "S":
        return this.r.uint16();
      case "I":
        return this.r.int32();
      case "J":
        return this.r.int64();
      case "Z":
        return this.r.boolean();
      case "F":
        return this.r.take(4).readFloatBE();
      case "D":
        return this.r.take(8).readDoubleBE();
      default:
        return this.value(depth + 1);
    }
  }
}

/** The entries of a serialised HashMap, TreeMap or LinkedHashMap. */
export function mapEntries(
  value: JavaValue | undefined,
): [JavaValue, JavaValue][] {
  const items = objects(value);
  const entries: [JavaValue, JavaValue][] = [];
  for (let i = 0; i + 1 < items.length; i += 2)
    entries.push([items[i]!, items[i + 1]!]);
  return entries;
}

/** The elements of a serialised ArrayList. */
export const listItems = (value: JavaValue | undefined) => objects(value);

function objects(value: JavaValue | undefined): JavaValue[] {
  if (value === null || value === undefined) return [];
  if (!isObject(value)) throw new FormatError("a Java collection was expected");
  return value.extra.filter((item) => !Buffer.isBuffer(item));
}

export const isObject = (value: JavaValue): value is JavaObject =>
  typeof value === "object" && value !== null && "class" in value;
