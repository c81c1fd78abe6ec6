/** What Kafka Connect 3.9.1 answered. */

export const CONNECTOR_STATUS =
  '{"name":"file-sink","connector":{"state":"RUNNING","worker_id":"127.0.0.1:28083"},"tasks":[{"id":0,"state":"RUNNING","worker_id":"127.0.0.1:28083"},{"id":1,"state":"RUNNING","worker_id":"127.0.0.1:28083"}],"type":"sink"}';

export const STOPPED_STATUS =
  '{"name":"file-sink","connector":{"state":"STOPPED","worker_id":"127.0.0.1:28083"},"tasks":[],"type":"sink"}';

export const SINK_OFFSETS =
  '{"offsets":[{"partition":{"kafka_partition":3,"kafka_topic":"eqiad.mediawiki.page_change"},"offset":{"kafka_offset":33}},{"partition":{"kafka_partition":2,"kafka_topic":"eqiad.mediawiki.page_change"},"offset":{"kafka_offset":110}}]}';

export const REFUSAL =
  '{"error_code":404,"message":"Connector nope not found"}';

export const CONNECTOR_CONFIG =
  '{"connector.class":"org.apache.kafka.connect.file.FileStreamSinkConnector","tasks.max":"2","topics":"eqiad.mediawiki.page_change","file":"/srv/example/connect/sink.txt","name":"file-sink"}';

/** Written as Java writes one; no worker gave it. */
export const TRACE = [
  'org.apache.kafka.connect.errors.ConnectException: Exiting WorkerSinkTask due to unrecoverable exception: {"ip":"192.0.2.1"}',
  "\tat org.apache.kafka.connect.runtime.WorkerSinkTask.deliverMessages(WorkerSinkTask.java:636)",
  "\tat java.base/java.lang.Thread.run(Thread.java:840)",
  "Caused by: org.apache.hadoop.security.AccessControlException: Permission denied: user=connect",
  "\tat io.confluent.connect.hdfs.storage.HdfsStorage.commit(HdfsStorage.java:150)",
  "\t... 12 more",
  "",
].join("\n");
