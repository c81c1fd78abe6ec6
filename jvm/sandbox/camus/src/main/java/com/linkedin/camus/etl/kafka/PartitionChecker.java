package com.linkedin.camus.etl.kafka;

import com.linkedin.camus.etl.kafka.common.EtlKey;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sisyphus.sandbox.Clock;

/** Flags finished hours with `_IMPORTED`, by each topic's oldest time over its partitions, as refinery-camus did. */
final class PartitionChecker {
  private static final String LOGGER = "CamusPartitionChecker";
  private static final long HOUR = 3_600_000L;
  private static final DateTimeFormatter DIR = DateTimeFormatter.ofPattern("yyyy/MM/dd/HH").withZone(ZoneOffset.UTC);
  private final Configuration conf;
  private final FileSystem fs;
  private final Clock clock;

  PartitionChecker(Configuration conf, FileSystem fs, Clock clock) {
    this.conf = conf;
    this.fs = fs;
    this.clock = clock;
  }

  void check(Path run) throws Exception {
    Map<String, Long> before = watermarks(run, "offsets-previous");
    Map<String, Long> after = watermarks(run, "offsets-m-");
    for (Map.Entry<String, Long> entry : before.entrySet()) {
      String topic = entry.getKey();
      Long now = after.get(topic);
      if (now == null || now <= entry.getValue()) {
        clock.log("ERROR", LOGGER, "Error on topic " + topic + " - Latest offset time is either missing or not after the previous run's "
            + "offset time. Either there has been no new data since the previous run, or Camus is failing to import data.");
        continue;
      }
      for (long hour = ceil(entry.getValue()) - HOUR; hour < now / HOUR * HOUR; hour += HOUR) {
        Path dir = new Path(conf.get("etl.destination.path") + "/" + topic.replace('.', '_') + "/hourly/" + DIR.format(Instant.ofEpochMilli(hour)));
        if (fs.exists(dir)) {
          fs.createNewFile(new Path(dir, "_IMPORTED"));
        } else {
          clock.log("ERROR", LOGGER, "Error on topic " + topic + " - Partition folder " + dir + " is missing, can't be flagged.");
        }
      }
    }
  }

  private static long ceil(long ms) {
    return (ms + HOUR - 1) / HOUR * HOUR;
  }

  private Map<String, Long> watermarks(Path run, String prefix) throws Exception {
    Map<String, Long> oldest = new TreeMap<>();
    for (EtlKey key : Executions.keys(conf, fs, run, prefix).values()) {
      oldest.merge(key.topic, key.time, Math::min);
    }
    return oldest;
  }
}
