import { z } from "zod";

export const cluster = z
  .strictObject({
    hadoopConf: z
      .string()
      .min(1)
      .meta({ format: "path of a folder" })
      .optional()
      .describe(
        "Hadoop's own client configuration, such as `/etc/hadoop/conf`: `core-site.xml`, `hdfs-site.xml`, `yarn-site.xml` and `hive-site.xml`, as far as they are there, with the files that they include (`xi:include`). What `hdfs`, `yarn` and `hive` do not say themselves is taken from it: addresses, name services, folders of logs.",
      ),
  })
  .prefault({})
  .describe("The cluster as its other clients know it.");
