import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { holdSecret } from "../clients/secrets";
import {
  type Draft,
  kafkaClient,
  type Look,
} from "../domain/settings/kafka-client";
import { parseProperties } from "../formats/kafka/java-properties";

/** Of a file of properties: one of a megabyte is another one. */
const MAX_BYTES = 1024 * 1024;

const OPTION = "--kafka-properties";

/** What an operator reads of an error of the file system. */
const REASONS: Record<string, string> = {
  ENOENT: "is not there",
  EISDIR: "is a folder; a Java client's properties file is wanted",
  EACCES: "must not be read by this user",
};

function bytesOf(path: string): Buffer {
  let bytes: Buffer | undefined;
  try {
    const stat = statSync(path);
    if (stat.isFile() || stat.isDirectory()) bytes = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `${OPTION}: ${path} ${REASONS[code ?? ""] ?? `cannot be read (${code})`}`,
      { cause: error },
    );
  }
  // Whoever reads from a pipe or a device may wait for ever.
  if (bytes === undefined)
    throw new Error(
      `${OPTION}: ${path} is a pipe or a device; a Java client's properties file is wanted`,
    );
  if (bytes.length === 0)
    throw new Error(
      `${OPTION}: ${path} is empty; a Java client's properties file is wanted`,
    );
  if (bytes.length > MAX_BYTES)
    throw new Error(
      `${OPTION}: ${path} has ${bytes.length} bytes; a file of properties has ${MAX_BYTES} at most`,
    );
  return bytes;
}

/** What the stores of keys begin with that Java reads. */
const BEGINNINGS: [string, "JKS" | "PKCS12" | "PEM"][] = [
  ["feedfeed", "JKS"],
  ["30", "PKCS12"],
  [Buffer.from("-----BEGIN").toString("hex"), "PEM"],
];

const look: Look = {
  // Whoever reads the configuration may work in another folder.
  absolute: (path) => resolve(path),
  storeType: (path) => {
    try {
      if (!statSync(path).isFile()) return undefined;
      const file = openSync(path, "r");
      try {
        const begin = Buffer.alloc(16);
        const length = readSync(file, begin, 0, begin.length, 0);
        const hex = begin.subarray(0, length).toString("hex");
        return BEGINNINGS.find(([prefix]) => hex.startsWith(prefix))?.[1];
      } finally {
        closeSync(file);
      }
    } catch {
      // It is told when Kafka is asked with it.
      return undefined;
    }
  },
};

/**
 * What a Java client's properties say of the way to Kafka. Their secrets are held for this process alone.
 * @throws Error that names the file and what is wrong with it, and nothing that may be a secret
 */
export function readKafkaProperties(path: string): Draft & { file: string } {
  const file = resolve(path);
  const bytes = bytesOf(file);
  try {
    const draft = kafkaClient(parseProperties(bytes), look);
    for (const { secret, value } of draft.secrets) holdSecret(secret, value);
    return { ...draft, file };
  } catch (error) {
    throw new Error(`${OPTION}: ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
