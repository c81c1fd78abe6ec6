import { existsSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { userInfo } from "node:os";
import { Kafka } from "../clients/kafka/kafka";
import { Kerberos } from "../clients/kerberos/kerberos";
import {
  type Found,
  firstConfig,
  marksIn,
} from "../domain/settings/first-config";
import { hostAndPort } from "../domain/settings/fields";
import { proposedPattern } from "../domain/settings/proposed-pattern";
import { within } from "../lib/within";
import { configIn } from "../workers/config";
import { readHadoopConf } from "../workers/hadoop-conf";
import { list } from "./client";
import { readKafkaProperties } from "./kafka-properties";

export type InitOptions = {
  kafka?: string;
  kafkaProperties?: string;
  hadoopConf?: string;
  out: string;
};

/** What a command ends with that was not to do what it was asked for. */
export const REFUSED = 2;

/** Where Hadoop's packages have their configuration. */
const HADOOP_CONF = "/etc/hadoop/conf";

/** Kafka's client asks for a while until it gives up. */
const KAFKA_MS = 30_000;

/** @throws Error that names what is no address */
function brokersIn(text: string | undefined): string[] {
  const brokers = list(text ?? "");
  const wrong = brokers.find((each) => !hostAndPort.safeParse(each).success);
  if (wrong !== undefined)
    throw new Error(
      `--kafka: ${JSON.stringify(wrong)} is not host:port, with a port from 1 to 65535`,
    );
  return brokers;
}

type Client = ReturnType<typeof readKafkaProperties>;

/** Kafka's topics, asked for as a client's properties say; in plain without them, as nothing says yet who asks. */
async function topicsOf(
  brokers: string[],
  client: Client | undefined,
): Promise<Found["topics"]> {
  if (brokers.length === 0)
    return {
      why: `no brokers were given (--kafka${client ? `, or bootstrap.servers in ${client.file}` : ""})`,
    };
  if (client?.blocked !== undefined)
    return { why: `Kafka was not asked: ${client.blocked}` };
  const late = () => new Error(`no answer in ${KAFKA_MS / 1000} s`);
  let kafka: Kafka | undefined;
  try {
    kafka = new Kafka(brokers, client?.kafka, new Kerberos(client?.kerberos));
    return proposedPattern(await within(kafka.topics(), KAFKA_MS, late));
  } catch (error) {
    return { why: (error as Error).message };
  } finally {
    void kafka?.close();
  }
}

/** Hadoop's configuration: the folder that was given, or one that is usual, where it is there and can be read. */
function hadoopOf(given: string | undefined): Found["hadoop"] {
  // Whoever reads the file may work in another folder.
  if (given !== undefined)
    return {
      folder: resolve(given),
      settings: readHadoopConf(given, "--hadoop-conf"),
    };
  const usual = process.env["HADOOP_CONF_DIR"] ?? HADOOP_CONF;
  if (!existsSync(usual)) return undefined;
  try {
    return { folder: resolve(usual), settings: readHadoopConf(usual) };
  } catch {
    // Nobody has asked for it.
    return undefined;
  }
}

/** Whose account this is. A container may run as a number that is no account's. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env["USER"] || "fill-in";
  }
}

/** Why nothing can be written at a place: it is told before Kafka is asked, which takes a while. */
function faultOfPlace(out: string): string | undefined {
  if (out === "") return "a file is wanted, or - to print";
  if (isFolder(out)) return `${out} is a folder; a file in it is wanted`;
  const folder = dirname(resolve(out));
  return isFolder(folder) ? undefined : `${folder} is no folder`;
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Why a configuration is not whole yet; undefined where it is. */
function faultOf(text: string, name: string): string | undefined {
  try {
    configIn(text, name);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Writes a first configuration, with what could be found out.
 * @param print prints it instead, where it is to go to `-`
 * @param tell is told what was done, in lines for people
 * @returns the exit code
 */
export async function writeFirstConfig(
  { kafka, kafkaProperties, hadoopConf, out }: InitOptions,
  print: (text: string) => void,
  tell: (line: string) => void,
): Promise<number> {
  if (out !== "-") {
    const fault = faultOfPlace(out);
    if (fault !== undefined) throw new Error(`--out: ${fault}`);
  }
  const isThere = `${out} is there already, and is not written over: --out names another file, --out - prints`;
  if (out !== "-" && existsSync(out)) {
    tell(isThere);
    return REFUSED;
  }
  const client =
    kafkaProperties === undefined
      ? undefined
      : readKafkaProperties(kafkaProperties);
  const given = brokersIn(kafka);
  const brokers = given.length > 0 ? given : (client?.brokers ?? []);
  const hadoop = hadoopOf(hadoopConf);
  const topics = await topicsOf(brokers, client);
  const text = firstConfig({
    brokers,
    hadoop,
    topics,
    ...(client ? { client } : {}),
    user: accountName(),
  });
  if (out === "-") print(text.trimEnd());
  else {
    try {
      // It may have come to be while Kafka was asked.
      writeFileSync(out, text, { flag: "wx" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      tell(isThere);
      return REFUSED;
    }
  }
  for (const problem of client?.problems ?? [])
    // That one is told as why Kafka was not asked, unless nothing was to be asked.
    if (problem !== client?.blocked || brokers.length === 0) tell(problem);
  if ("why" in topics) tell(`Kafka's topics are not known: ${topics.why}`);
  const fault = faultOf(text, out);
  if (fault !== undefined) tell(fault);
  if (out !== "-")
    tell(
      `${out} is written: ${marksIn(text)} lines are marked FILL IN. Then: sisyphus config check`,
    );
  return 0;
}
