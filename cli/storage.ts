import { Hdfs } from "../clients/hdfs/hdfs";
import { Storage } from "../clients/storage";
import type { Config } from "../domain/settings/config";

/** What workflows keep on HDFS, for reading: nothing may be changed through it. */
export const readOnlyStorage = (config: Config): Storage =>
  new Storage(
    new Hdfs({ ...config.hdfs, allowedPrefixes: [] }),
    config.storage.path,
  );
