import type { z } from "zod";
import type { configSchema } from "../../domain/settings/config";
import type { Ports } from "./ports";

/** What is said of a cluster, of whichever kind. */
export type Cluster = Partial<
  Pick<z.input<typeof configSchema>, "cluster" | "kafka" | "hive" | "security">
> & { hdfs: { webhdfs?: string }; yarn: { resourceManager?: string } };

/** An open one, of one host each. */
export const openCluster = (p: Ports): Cluster => ({
  kafka: { brokers: [`127.0.0.1:${p.kafka}`] },
  hdfs: { webhdfs: `http://127.0.0.1:${p.nameNodeHttp}` },
  yarn: { resourceManager: `http://127.0.0.1:${p.resourceManagerWeb}` },
  hive: { metastore: `127.0.0.1:${p.metastore}` },
});
