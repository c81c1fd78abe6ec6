/** Paths of what set-up installed. */
export type Tools = {
  /** The Temporal CLI, whose `server start-dev` is the server. */
  temporal: string;
  /** Folders of jars, each with its dependencies in `lib`. */
  broker: string;
  camus: string;
  gobblin: string;
  refine: string;
  kdc: string;
  /** What the secured NodeManager needs before Hadoop's own classes. */
  plainIo: string;
  /** The Spark jobs of searches and verifications. */
  sparkJobs: string;
  /** MariaDB's base folder. */
  mariadb: string;
  /** DB-IP's city database, with which Refine geocodes. */
  mmdb: string;
};
