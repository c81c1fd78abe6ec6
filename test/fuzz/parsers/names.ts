import { parseCamusFileName } from "../../../formats/camus/camus-file-name";
import { parseConnectorFileName } from "../../../formats/confluent-hdfs/connector-file-name";
import {
  parseGobblinFileName,
  parseStateFileName,
} from "../../../formats/gobblin/gobblin-file-name";
import { tableIn } from "../../../formats/eventlogging/mysql-table";
import { isTemporary } from "../../../formats/hadoop/temporary-names";
import { parseLocation } from "../../../formats/hadoop/location";
import {
  decodeSaslMessage,
  encodeSaslMessage,
} from "../../../formats/hive/sasl-message";
import { partitionValues } from "../../../formats/hive/partition-values";
import { hourOfPartition } from "../../../lib/hour";
import { type Parser, texts } from "../parser";

export const NAMES: Parser[] = [
  {
    name: "camus-file-name",
    seeds: texts(
      "eventlogging_Edit.1001.0.23.35.1529899200000",
      "codfw.mediawiki.job.1001_2.11.5.9223372036854775807.1530759600000.snappy",
    ),
    parse: (bytes) => parseCamusFileName(bytes.toString("utf8"), [".json"]),
  },
  {
    name: "connector-file-name",
    seeds: texts("eventlogging.Edit+0+0000000100+0000000199.avro"),
    parse: (bytes) => parseConnectorFileName(bytes.toString("utf8")),
  },
  {
    name: "gobblin-file-name",
    seeds: texts(
      "part.task_bilevel_1795629345691_0_3.txt.40.gzip",
      "part.task_event_default_1795629345691_12_0.txt.gz",
    ),
    parse: (bytes) => parseGobblinFileName(bytes.toString("utf8")),
  },
  {
    name: "gobblin-state-name",
    seeds: texts(
      "eqiad.a-job_my-job_1795629345691.jst",
      "job_my_job_1795629345691.jst",
      "eqiad.a-current.jst",
    ),
    parse: (bytes) => parseStateFileName(bytes.toString("utf8"), "my-job"),
  },
  {
    name: "temporary-name",
    seeds: texts("part-0.avro._COPYING_", ".part-0-1.inprogress.0a1b", "+tmp"),
    parse: (bytes) => isTemporary(bytes.toString("utf8")),
  },
  {
    name: "mysql-table",
    seeds: texts("Edit_17541122", "Mobile_WikiApp_Edit_8", "users"),
    parse: (bytes) => tableIn(bytes.toString("utf8")),
  },
  {
    name: "partition-values",
    seeds: texts("datacenter=a%3Ab/year=2018/month=07"),
    parse: (bytes) => void partitionValues(bytes.toString("utf8")),
  },
  {
    name: "metastore-sasl",
    seeds: () => [
      encodeSaslMessage({ status: "ok", body: Buffer.from("a token") }),
      encodeSaslMessage({ status: "bad", body: Buffer.alloc(0) }),
    ],
    parse: (bytes) => {
      const { message, rest } = decodeSaslMessage(bytes);
      if (message.body.length + rest.length + 5 !== bytes.length)
        throw new Error("bytes of a message are lost");
      return message.body.length;
    },
  },
  {
    name: "partition-location",
    seeds: texts(
      "hdfs://cluster:8020/wmf/data/event/Edit/year=2018/month=7",
      "viewfs:/wmf/data",
      "s3a://bucket/key",
    ),
    parse: (bytes) => void parseLocation(bytes.toString("utf8")),
  },
  {
    name: "partition-name",
    seeds: texts(
      "year=2018,month=7,day=5,hour=3",
      "year=2018/month=07/day=05/hour=03",
    ),
    parse: (bytes) => {
      const hour = hourOfPartition(bytes.toString("utf8"));
      if (hour !== undefined && !/^\d{4}-\d\d-\d\dT\d\d$/.test(hour))
        throw new Error(`it gives an hour that is none: ${hour}`);
    },
  },
];
