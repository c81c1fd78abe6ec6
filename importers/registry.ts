import type { Hdfs } from "../clients/hdfs/hdfs";
import type { Config } from "../domain/settings/config";
import { camusImporter } from "./camus";
import { type Asked, confluentHdfsImporter } from "./confluent-hdfs";
import { gobblinImporter } from "./gobblin/gobblin";
import type { Importer } from "./importer";

type Section = Config["importer"];

/** The importers by `importer.kind`; the compiler demands a row for each kind that the configuration allows. */
const IMPORTERS: Record<
  Section["kind"],
  (hdfs: Hdfs, config: Section, asked?: Asked) => Importer
> = {
  camus: camusImporter,
  "confluent-hdfs": confluentHdfsImporter,
  gobblin: gobblinImporter,
};

/**
 * The importer that the configuration names.
 * @param asked how importers are asked that are a service, where one is configured
 * @throws Error that names the kinds, where there is none of that name
 */
export function createImporter(
  hdfs: Hdfs,
  config: Section,
  asked?: Asked,
): Importer {
  if (!Object.hasOwn(IMPORTERS, config.kind))
    throw new Error(
      `importer.kind: there is no importer "${config.kind}"; there are ${Object.keys(IMPORTERS).join(", ")}`,
    );
  return IMPORTERS[config.kind](hdfs, config, asked);
}
