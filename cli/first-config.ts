import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { userInfo } from "node:os";
import { Kafka } from "../clients/kafka/kafka";
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

export type InitOptions = {
  kafka?: string;
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
    throw new Error(`--kafka: ${JSON.stringify(wrong)} is not host:port`);
  return brokers;
}

/** Kafka's topics, asked for in plain: nothing says yet who asks. */
async function topicsOf(brokers: string[]): Promise<Found["topics"]> {
  if (brokers.length === 0) return { why: "no brokers were given (--kafka)" };
  const kafka = new Kafka(brokers);
  const late = () => new Error(`no answer in ${KAFKA_MS / 1000} s`);
  try {
    return proposedPattern(await within(kafka.topics(), KAFKA_MS, late));
  } catch (error) {
    return { why: (error as Error).message };
  } finally {
    void kafka.close();
  }
}

/** Hadoop's configuration: the folder that was given, or one that is usual, where it is there and can be read. */
function hadoopOf(given: string | undefined): Found["hadoop"] {
  // Whoever reads the file may work in another folder.
  if (given !== undefined)
    return { folder: resolve(given), settings: readHadoopConf(given) };
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
  { kafka, hadoopConf, out }: InitOptions,
  print: (text: string) => void,
  tell: (line: string) => void,
): Promise<number> {
  const isThere = `${out} is there already, and is not written over: --out names another file, --out - prints`;
  if (out !== "-" && existsSync(out)) {
    tell(isThere);
    return REFUSED;
  }
  const brokers = brokersIn(kafka);
  const hadoop = hadoopOf(hadoopConf);
  const topics = await topicsOf(brokers);
  const text = firstConfig({
    brokers,
    hadoop,
    topics,
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
  if ("why" in topics) tell(`Kafka's topics are not known: ${topics.why}`);
  const fault = faultOf(text, out);
  if (fault !== undefined) tell(fault);
  if (out !== "-")
    tell(
      `${out} is written: ${marksIn(text)} lines are marked FILL IN. Then: sisyphus config check`,
    );
  return 0;
}
