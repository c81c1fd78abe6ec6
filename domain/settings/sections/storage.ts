import { z } from "zod";
import { isBelow } from "../../../lib/paths";
import { hdfsPath } from "../fields";

export const storage = z
  .strictObject({
    path: hdfsPath
      .refine((path) => !path.includes(":"), "HDFS takes no colon in a path")
      .default("/wmf/data/sisyphus")
      .describe("HDFS folder. It must be allowed by `allowedPrefixes`."),
  })
  .prefault({})
  .describe("Where plans, reports and the memory of audits are kept, on HDFS.");

export const allowedPrefixes = z
  .array(hdfsPath)
  .min(1)
  .describe(
    "HDFS folders below which Sisyphus may write, move and remove: the tables' flags, the importer's runs, its own files. Nothing is changed elsewhere.",
  );

/** Why nothing could be written to the storage, or undefined where it can. */
export function storageFault(config: {
  storage: z.output<typeof storage>;
  allowedPrefixes: string[];
}): string | undefined {
  const { path } = config.storage;
  // Everything that is written lies below the storage's folder, so that this may be an allowed prefix itself.
  return config.allowedPrefixes.some((prefix) => isBelow(`${path}/`, prefix))
    ? undefined
    : `${path} lies outside allowedPrefixes (${config.allowedPrefixes.join(", ")}), so nothing could be written there`;
}
