import type { Storage } from "../clients/storage";
import type { Config } from "../domain/settings/config";
import { pipelineChosen } from "./pipeline";

/**
 * What workflows keep on HDFS, for reading: nothing may be changed through it. What that takes is loaded here, as most commands ask Temporal
 * alone.
 *
 * @param configPath the configuration file, which says where it is kept
 */
export async function readOnlyStorage(
  configPath: string,
): Promise<{ config: Config; storage: Storage }> {
  const [{ loadConfig }, { hdfsOf }, { Storage }] = await Promise.all([
    import("../workers/config"),
    import("../clients/hdfs/hdfs-of"),
    import("../clients/storage"),
  ]);
  const config = loadConfig(configPath, pipelineChosen());
  const hdfs = hdfsOf(config);
  return { config, storage: new Storage(hdfs, config.storage.path) };
}
