import type { z } from "zod";
import type { configSchema } from "../../domain/settings/config";
import type { Ports } from "./ports";

type Input = z.input<typeof configSchema>;

/** What `sisyphus.yaml` says of a cluster, of whichever kind. */
export type ClusterSettings = Pick<Input, "kafka" | "mysql"> &
  Partial<Pick<Input, "cluster" | "hive" | "security">> & {
    hdfs: { webhdfs?: string };
    yarn: { resourceManager?: string };
  };

/** An open one, of one host each. */
export const openCluster = (p: Ports): ClusterSettings => ({
  kafka: { brokers: [`127.0.0.1:${p.kafka}`] },
  hdfs: { webhdfs: `http://127.0.0.1:${p.nameNodeHttp}` },
  yarn: { resourceManager: `http://127.0.0.1:${p.resourceManagerWeb}` },
  hive: { metastore: `127.0.0.1:${p.metastore}` },
  mysql: { host: "127.0.0.1", port: p.mariadb, user: "root" },
});
