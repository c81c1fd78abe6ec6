import { z } from "zod";
import { type Config, parseConfig } from "./config";
import { issuesText } from "./issues-text";
import { pipelines as section } from "./sections/pipelines";

/** One pipeline: topics, who imports and refines them, and the tables that they end in. */
export type Pipeline = {
  /** Absent where a file is that of one pipeline. */
  name?: string;
  config: Config;
  /** The folder in which what all pipelines share is kept. */
  sharedPath: string;
};

const listed = z.object({ pipelines: section });

/**
 * The pipelines of a configuration, in its order.
 * @param value what the file holds
 * @param path of the file, for errors
 * @param completed adds what is to be had from elsewhere, such as Hadoop's own configuration
 * @throws Error that names every wrong field of the first pipeline that has any, and what is allowed there
 */
export function pipelinesIn(
  value: Record<string, unknown>,
  path: string,
  completed: (value: Record<string, unknown>) => unknown = (same) => same,
): Pipeline[] {
  if (!("pipelines" in value)) {
    const config = parseConfig(completed(value), path);
    return [{ config, sharedPath: config.storage.path }];
  }
  const parsed = listed.safeParse(value);
  if (!parsed.success) throw new Error(issuesText(path, parsed.error));
  const { pipelines: _, ...outside } = value;
  return parsed.data.pipelines!.map(({ name, ...own }) => {
    const config = parseConfig(
      completed(withSections(outside, own)),
      `${path}, pipeline ${name},`,
    );
    const { path: sharedPath } = config.storage;
    const storage = { ...config.storage, path: `${sharedPath}/${name}` };
    return { name, config: { ...config, storage }, sharedPath };
  });
}

/** A section that a pipeline gives stands in place of the one outside, whole: parts of two would be a section that nobody has written. */
function withSections(
  outside: Record<string, unknown>,
  own: Record<string, unknown>,
): Record<string, unknown> {
  const merged = { ...outside, ...own };
  for (const [section, given] of Object.entries(own))
    if (given === null) delete merged[section];
  return merged;
}

/**
 * The pipeline that is meant. @param name undefined where none was chosen
 * @throws Error that says which there are
 */
export function pipelineNamed(
  pipelines: Pipeline[],
  name: string | undefined,
  path: string,
): Pipeline {
  const found = pipelines.find((pipeline) => pipeline.name === name);
  if (found) return found;
  const names = pipelines.flatMap((pipeline) => pipeline.name ?? []);
  if (names.length === 0)
    throw new Error(
      `${path} is the configuration of one pipeline, which has no name: --pipeline ${name} finds nothing there`,
    );
  throw new Error(
    name === undefined
      ? `${path} has the pipelines ${names.join(", ")}; choose one with --pipeline or SISYPHUS_PIPELINE`
      : `${path} has no pipeline ${name}; it has ${names.join(", ")}`,
  );
}
