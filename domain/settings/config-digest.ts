import { canonicalJson } from "../../lib/canonical-json";
import { sha256 } from "../../lib/digest";
import type { Config } from "./config";
import { archiveHostsOf } from "./task-queues";

/** So much of the digest tells configurations apart, in an identity and in a line for people. */
const SHOWN = 12;

/**
 * The digest of what a saga does by: workers whose configurations differ in it must not work on the same saga. What belongs to one host (its own
 * archive, the importer's log, where its secrets and Hadoop's configuration lie), what forbids only (each worker refuses by its own list at once), and what no saga looks at (alerts, how urgent they are and whose, metrics, audits' own settings), is no part of it. Of the hosts with an
 * archive all that there are count together, as each names itself and the others.
 * @returns the first twelve hex digits of a SHA-256
 */
export function configDigest(config: Config): string {
  const {
    archive,
    search: { otherHosts: _hosts, ...search },
    importer: { log: _log, ...importer },
    alerts: _alerts,
    owners: _owners,
    audit: _audit,
    cluster: _cluster,
    canary: _canary,
    metrics: _metrics,
    repair: _repair,
    security: _security,
    webUi: _webUi,
    policy: { severity: _severity, ...policy },
    policies,
    mysql,
    ...rest
  } = config;
  const matters = {
    ...rest,
    policy,
    policies: policies.map(({ severity: _of, ...exception }) => exception),
    // One address or a list of one, and in whichever order: it is the same cluster.
    hdfs: { ...rest.hdfs, webhdfs: sorted(rest.hdfs.webhdfs) },
    yarn: { ...rest.yarn, resourceManager: sorted(rest.yarn.resourceManager) },
    hive: rest.hive && {
      ...rest.hive,
      metastore: sorted(rest.hive.metastore),
    },
    mysql: mysql && mysqlMatters(mysql),
    search,
    importer,
    archive: archive && { excludedSchemas: archive.excludedSchemas },
    archiveHosts: archiveHostsOf(config).sort(),
  };
  return sha256(canonicalJson(matters)).slice(0, SHOWN);
}

/** A replica is as good as another, and who asks is told by each host in its own way. */
function mysqlMatters({
  password: _password,
  tls: _tls,
  ...rest
}: NonNullable<Config["mysql"]>) {
  return { ...rest, host: sorted(rest.host) };
}

const sorted = (addresses: string | readonly string[]): string[] =>
  [addresses].flat().sort();
