package com.linkedin.camus.etl.kafka;

import com.linkedin.camus.etl.kafka.common.EtlKey;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A fleet for benchmarks, as a week of hourly imports and refines would have left it on HDFS: raw files under Camus' names, the
 * importer's stored runs, partitions with a Parquet file and its done flag. Contents are minimal, names and sums are true.
 */
public final class FleetRuns {
  private static final long HOUR = 3_600_000L;
  private static final DateTimeFormatter RAW = DateTimeFormatter.ofPattern("yyyy/MM/dd/HH").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter PARTITION =
      DateTimeFormatter.ofPattern("'year='yyyy/'month='M/'day='d/'hour='H").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter RUN = DateTimeFormatter.ofPattern("yyyy-MM-dd-HH-mm-ss").withZone(ZoneOffset.UTC);

  private FleetRuns() {}

  /** Arguments: topics, first hour (epoch ms), the fleet's beginning (epoch ms), hours, events an hour, a Parquet file to copy, threads. */
  public static void main(String[] args) {
    try {
      make(args);
      System.exit(0);
    } catch (Throwable e) {
      // The pool's threads would keep a failed process alive.
      e.printStackTrace();
      System.exit(1);
    }
  }

  private static void make(String[] args) throws Exception {
    int topics = Integer.parseInt(args[0]);
    long since = Long.parseLong(args[1]);
    long begin = Long.parseLong(args[2]);
    int hours = Integer.parseInt(args[3]);
    long events = Long.parseLong(args[4]);
    byte[] parquet = java.nio.file.Files.readAllBytes(java.nio.file.Path.of(args[5]));
    Configuration conf = new Configuration();
    // A busy DataNode reports its blocks late: ask for longer.
    conf.setInt("dfs.client.block.write.locateFollowingBlock.retries", 10);
    FileSystem fs = FileSystem.get(conf);
    ExecutorService pool = Executors.newFixedThreadPool(Integer.parseInt(args[6]));
    List<Future<?>> work = new ArrayList<>();
    for (int i = 0; i < topics; i++) {
      String schema = schema(i);
      work.add(pool.submit(() -> {
        for (int h = 0; h < hours; h++) {
          hour(fs, schema, since + h * HOUR, (since - begin) / HOUR + h + 1, events, parquet);
        }
        return null;
      }));
    }
    int done = 0;
    for (Future<?> w : work) {
      w.get();
      if (++done % 50 == 0) {
        System.out.println(done + " topics");
      }
    }
    pool.shutdown();
    for (int h = 0; h < hours; h++) {
      run(conf, fs, topics, since + (h + 1) * HOUR + 5 * 60_000, (since - begin) / HOUR + h, events);
    }
  }

  static String schema(int i) {
    return String.format("Fleet%04d", i);
  }

  private static void hour(FileSystem fs, String schema, long ms, long nth, long events, byte[] parquet) throws Exception {
    String topic = "eventlogging_" + schema;
    Instant hour = Instant.ofEpochMilli(ms);
    Path partition = new Path("/wmf/data/event/" + schema + "/" + PARTITION.format(hour));
    Path flag = new Path(partition, "_REFINED");
    if (fs.exists(flag)) {
      // Of an earlier call that was cut off.
      return;
    }
    Path raw = new Path("/wmf/data/raw/eventlogging/" + topic + "/hourly/" + RAW.format(hour));
    write(fs, new Path(raw, topic + ".1001.0." + events + "." + nth * events + "." + ms), new byte[] {'\n'});
    long mtime = fs.getFileStatus(raw).getModificationTime();
    write(fs, new Path(partition, "part-00000.parquet"), parquet);
    try (var out = fs.create(flag, true)) {
      out.writeUTF(DateTimeFormatter.ISO_INSTANT.format(Instant.ofEpochMilli(mtime)));
    }
  }

  private static void write(FileSystem fs, Path path, byte[] bytes) throws Exception {
    try (var out = fs.create(path, true)) {
      out.write(bytes);
    }
  }

  private static void run(Configuration conf, FileSystem fs, int topics, long time, long before, long events) throws Exception {
    Path dir = new Path("/wmf/camus/eventlogging-00/history/" + RUN.format(Instant.ofEpochMilli(time)));
    List<EtlKey> start = new ArrayList<>();
    List<EtlKey> end = new ArrayList<>();
    for (int i = 0; i < topics; i++) {
      String topic = "eventlogging_" + schema(i);
      start.add(new EtlKey(topic, 0, 0, before * events, time - HOUR));
      end.add(new EtlKey(topic, 0, before * events, (before + 1) * events, time));
    }
    CamusJob.writeKeys(conf, new Path(dir, "offsets-previous"), start);
    CamusJob.writeKeys(conf, new Path(dir, "offsets-m-00000"), end);
  }
}
