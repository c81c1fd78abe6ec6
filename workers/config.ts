import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Config } from "../domain/settings/config";
import {
  type Pipeline,
  pipelineNamed,
  pipelinesIn,
} from "../domain/settings/pipelines";
import { readHadoopConf } from "./hadoop-conf";

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      code === "ENOENT"
        ? `no configuration at ${path}; give --config FILE or SISYPHUS_CONFIG`
        : code === "EISDIR"
          ? `${path} is a folder; a configuration's file is wanted`
          : `${path} cannot be read: ${message}`,
      { cause: error },
    );
  }
}

/**
 * Reads and checks a configuration file, or one pipeline's part of it.
 * @param pipeline the pipeline's name, where the file has several
 * @throws Error that names the file, or every wrong field and what is allowed there
 */
export const loadConfig = (path: string, pipeline?: string): Config =>
  pipelineNamed(loadPipelines(path), pipeline, path).config;

/** Reads and checks all pipelines of a configuration file. @throws Error as above */
export const loadPipelines = (path: string): Pipeline[] =>
  configuredIn(textOf(path), path);

/** Checks a configuration's text, which is that of one pipeline. @param path what it is called. @throws Error as above */
export const configIn = (text: string, path: string): Config =>
  pipelineNamed(configuredIn(text, path), undefined, path).config;

function configuredIn(text: string, path: string): Pipeline[] {
  const { value, fault } = yamlOf(text);
  if (fault !== undefined) throw new Error(`${path} is not YAML: ${fault}`);
  if (!isSection(value))
    throw new Error(
      `${path} ${value === null ? "is empty" : `is ${Array.isArray(value) ? "a list" : "a text or a number"}`}; sections such as \`kafka:\` are wanted, and \`sisyphus config init\` writes a first file`,
    );
  return pipelinesIn(value, path, withHadoopConf);
}

/** What the parser says of a text's place, and then quotes. */
const PLACE = / at (line \d+, column \d+):?$/;
/** From where its words are the text's own. */
const QUOTED = /(?<=[\w)]): .*$|(?<=escape sequence) .*$/;

/** What a text holds, or what is wrong with it: without the lines around a fault, which may have a password. */
function yamlOf(text: string): { value?: unknown; fault?: string } {
  try {
    // Its warnings, which are printed, quote them, too.
    return { value: parse(text, { logLevel: "error" }) };
  } catch (error) {
    const [line = ""] = (error as Error).message.split("\n");
    const place = PLACE.exec(line)?.[1];
    const reason = line.replace(PLACE, "").replace(QUOTED, "");
    return { fault: place === undefined ? reason : `${reason} (${place})` };
  }
}

/**
 * A configuration with what Hadoop's own says beside it. What has a wrong form stays as it is: it is told when that is checked.
 */
function withHadoopConf(value: Record<string, unknown>): unknown {
  if (!isSection(value["cluster"])) return value;
  const { hadoopConf } = value["cluster"];
  if (typeof hadoopConf !== "string") return value;
  const { security, ...others } = readHadoopConf(hadoopConf);
  const { hive } = value;
  // A principal is that of the metastore beside which it is written.
  const { metastore: _, ...withoutMetastore } = security;
  const isOther = isSection(hive) && "metastore" in hive;
  const ours = isSection(value["security"]) && value["security"]["metastore"];
  const isOff = isSection(ours) && ours["kerberos"] === false;
  const says: Record<string, object> = {
    ...others,
    security: isOther || isOff ? withoutMetastore : security,
  };
  const merged = { ...value };
  for (const [name, found] of Object.entries(says)) {
    const given = name in value ? value[name] : {};
    if (isSection(given))
      merged[name] = beside(foundBeside(given, found), given);
  }
  return merged;
}

/** Both, whatever lies within; what is given counts. */
function beside(found: object, given: Record<string, unknown>): object {
  const merged: Record<string, unknown> = { ...found };
  for (const [name, value] of Object.entries(given)) {
    const other = merged[name];
    merged[name] =
      isSection(other) && isSection(value) ? beside(other, value) : value;
  }
  return merged;
}

/** What Hadoop says beside what is given. Its names of an HDFS are not those of another one, which is given by its address. */
function foundBeside(given: object, found: object): object {
  if (!("webhdfs" in given)) return found;
  const { services: _, ...others } = found as { services?: string[] };
  return others;
}

const isSection = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
