import { FormatError } from "../format-error";
import { AnswerReader } from "./answer-reader";

/**
 * The bytes of Kafka's Metadata API (key 3, version 12), which names a topic's id: the protocol guide's "Metadata Request (Version: 12)".
 * It is a flexible version: lengths are unsigned varints plus one, and every structure ends with tagged fields.
 */
export const METADATA = { apiKey: 3, apiVersion: 12 } as const;

const NO_TAGGED_FIELDS = Buffer.from([0]);
const NO_ID = Buffer.alloc(16);

/** An unsigned varint. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7f; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  return Buffer.from([...bytes, left]);
}

const compactString = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([varint(bytes.length + 1), bytes]);
};

/** A request for topics by name. It begins with the tagged fields that end a flexible request's header. */
export function encodeMetadataRequest(topics: readonly string[]): Buffer {
  return Buffer.concat([
    NO_TAGGED_FIELDS,
    varint(topics.length + 1),
    ...topics.flatMap((topic) => [
      NO_ID,
      compactString(topic),
      NO_TAGGED_FIELDS,
    ]),
    // Neither are topics created nor are rights asked for.
    Buffer.from([0, 0]),
    NO_TAGGED_FIELDS,
  ]);
}

/** Reads a flexible version's structures. @throws FormatError where the bytes end early */
class FlexibleReader extends AnswerReader {
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.take(1)[0]!;
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return value;
    }
    throw new FormatError("a varint of more than five bytes");
  }

  string(): string | undefined {
    const length = this.varint() - 1;
    return length < 0 ? undefined : this.take(length).toString("utf8");
  }

  array<T>(read: () => T): T[] {
    const length = this.varint() - 1;
    const items: T[] = [];
    for (let i = 0; i < length; i++) items.push(read());
    return items;
  }

  skipTaggedFields(): void {
    const count = this.varint();
    for (let i = 0; i < count; i++) {
      this.varint();
      this.take(this.varint());
    }
  }
}

/** What a broker knows of a topic. */
export type TopicMetadata = {
  /** 32 hex digits; absent where the broker gives none. */
  id?: string;
  /** By partition, the broker that leads it; undefined where none does, or the broker cannot tell. */
  leaders: Map<number, number | undefined>;
};

/**
 * What an answer tells of topics, by name. Topics that the broker does not know are left out.
 * @throws FormatError where the bytes are no such answer
 */
export function decodeTopicMetadata(bytes: Buffer): Map<string, TopicMetadata> {
  return new Map(
    topicsOf(bytes).flatMap(({ name, error, ...topic }) =>
      error === 0 ? [[name, topic]] : [],
    ),
  );
}

/** TOPIC_AUTHORIZATION_FAILED: the topic may be there, and who asks must not know. */
const DENIED = 29;

/** The topics, of those that were asked for, which who asks must not know of. @throws FormatError as above */
export const decodeDeniedTopics = (bytes: Buffer): string[] =>
  topicsOf(bytes).flatMap(({ name, error }) =>
    error === DENIED ? [name] : [],
  );

type AnsweredTopic = TopicMetadata & { name: string; error: number };

function topicsOf(bytes: Buffer): AnsweredTopic[] {
  const reader = new FlexibleReader(bytes);
  reader.skipTaggedFields();
  reader.take(4); // throttle time
  reader.array(() => {
    reader.take(4); // node
    reader.string(); // host
    reader.take(4); // port
    reader.string(); // rack
    reader.skipTaggedFields();
  });
  reader.string(); // cluster
  reader.take(4); // controller
  const topics: AnsweredTopic[] = [];
  reader.array(() => {
    const error = reader.int16();
    const name = reader.string();
    const id = reader.take(16);
    reader.take(1); // whether it is internal
    const leaders = new Map<number, number | undefined>();
    reader.array(() => {
      const partitionError = reader.int16();
      const partition = reader.int32();
      const leader = reader.int32();
      reader.take(4); // the leader's epoch
      for (let i = 0; i < 3; i++) reader.array(() => reader.take(4)); // replicas: all, in sync, offline
      reader.skipTaggedFields();
      const isLed = partitionError === 0 && leader >= 0;
      leaders.set(partition, isLed ? leader : undefined);
    });
    reader.take(4); // rights
    reader.skipTaggedFields();
    if (name !== undefined)
      topics.push({
        name,
        error,
        leaders,
        ...(id.equals(NO_ID) ? {} : { id: id.toString("hex") }),
      });
  });
  return topics;
}

/**
 * The ids of an answer's topics by name. Topics that the broker does not know, or gives no id, are left out.
 * @throws FormatError where the bytes are no such answer
 */
export const decodeTopicIds = (bytes: Buffer): Map<string, string> =>
  new Map(
    [...decodeTopicMetadata(bytes)].flatMap(([topic, { id }]) =>
      id === undefined ? [] : [[topic, id]],
    ),
  );
