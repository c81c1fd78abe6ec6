/** The smallest configuration that is whole, and changes of its sections. */
export const settings = (changes: Record<string, unknown> = {}) => ({
  kafka: { brokers: ["kafka1:9092"] },
  hdfs: { webhdfs: "http://namenode:9870", user: "analytics" },
  yarn: { resourceManager: "http://rm:8088" },
  hive: { metastore: "metastore:9083" },
  archive: { host: "eventlog1002", files: ["/srv/log/all-events.log"] },
  importer: {
    command: ["/usr/local/bin/camus-eventlogging"],
    historyPath: "/wmf/camus/eventlogging-00/history",
    log: "/var/log/camus/eventlogging.log",
  },
  refine: {
    submit: ["spark2-submit"],
    jar: "/srv/deployment/refinery-job.jar",
    allowedSha256: ["0123456789abcdef".repeat(4)],
    class: "Refine",
    arguments: [],
    transforms: ["deduplicate", "geocode"],
  },
  allowedPrefixes: ["/wmf/data/event", "/wmf/data/sisyphus"],
  ...changes,
});
