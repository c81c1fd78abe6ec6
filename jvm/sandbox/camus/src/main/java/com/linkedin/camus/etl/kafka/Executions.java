package com.linkedin.camus.etl.kafka;

import com.linkedin.camus.etl.kafka.common.EtlKey;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.SequenceFile;
import org.sisyphus.sandbox.Clock;

/** The run directories under the base and history paths. */
final class Executions {
  private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyy-MM-dd-HH-mm-ss").withZone(ZoneOffset.UTC);

  private Executions() {}

  /** A new run directory; a second run in one second takes the next free second, so that names stay ordered. */
  static Path create(FileSystem fs, Path base, Path history, Clock clock) throws Exception {
    long second = clock.now() / 1000;
    Path newest = newest(fs, history);
    while (true) {
      String name = NAME.format(Instant.ofEpochSecond(second++));
      if (newest != null && name.compareTo(newest.getName()) <= 0) {
        continue;
      }
      Path path = new Path(base, name);
      if (!fs.exists(path)) {
        fs.mkdirs(path);
        return path;
      }
    }
  }

  static Path newest(FileSystem fs, Path history) throws Exception {
    return Arrays.stream(fs.listStatus(history))
        .filter(FileStatus::isDirectory)
        .map(FileStatus::getPath)
        .max((a, b) -> a.getName().compareTo(b.getName()))
        .orElse(null);
  }

  /** The furthest key of each topic-partition over all files of a run whose name starts with the prefix. */
  static Map<String, EtlKey> keys(Configuration conf, FileSystem fs, Path run, String prefix) throws Exception {
    Map<String, EtlKey> keys = new TreeMap<>();
    for (FileStatus file : fs.listStatus(run, p -> p.getName().startsWith(prefix))) {
      try (SequenceFile.Reader reader = new SequenceFile.Reader(conf, SequenceFile.Reader.file(file.getPath()))) {
        EtlKey key = new EtlKey();
        while (reader.next(key, NullWritable.get())) {
          EtlKey known = keys.get(key.topic + "\t" + key.partition);
          if (known == null || key.offset > known.offset) {
            keys.put(key.topic + "\t" + key.partition, key);
          }
          key = new EtlKey();
        }
      }
    }
    return keys;
  }
}
