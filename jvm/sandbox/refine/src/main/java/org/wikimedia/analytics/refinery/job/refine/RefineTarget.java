package org.wikimedia.analytics.refinery.job.refine;

import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** One raw hour and the partition it is refined to. Flags as Refine v0.0.62 writes them, in the partition's directory. */
final class RefineTarget {
  private static final long HOUR = 3_600_000L;
  private static final DateTimeFormatter FLAG_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter HOUR_DIR = DateTimeFormatter.ofPattern("yyyy/MM/dd/HH").withZone(ZoneOffset.UTC);

  final Path input;
  final String database;
  final String table;
  final int[] values;
  final Path output;
  private final Instant inputMtime;
  private final String failureFlag;
  private final FileSystem fs;

  private RefineTarget(FileSystem fs, FileStatus input, Options options, String table, int[] values, String failureFlag) {
    this.fs = fs;
    this.input = input.getPath();
    this.inputMtime = Instant.ofEpochMilli(input.getModificationTime());
    this.database = options.database;
    this.table = table;
    this.values = values;
    this.output = new Path(options.output + "/" + table + "/year=" + values[0] + "/month=" + values[1] + "/day=" + values[2] + "/hour=" + values[3]);
    this.failureFlag = failureFlag;
  }

  static List<RefineTarget> find(FileSystem fs, Options options, String failureFlag) throws IOException {
    // As in RefineTarget.hoursInBetween: a `since` exactly on an hour starts one hour earlier; `until` is exclusive.
    long first = (options.since.toEpochMilli() + HOUR - 1) / HOUR * HOUR - HOUR;
    long last = options.until.toEpochMilli() / HOUR * HOUR - HOUR;
    List<RefineTarget> targets = new ArrayList<>();
    FileStatus[] topics = fs.listStatus(new Path(options.input));
    Arrays.sort(topics);
    for (FileStatus topic : topics) {
      for (FileStatus day : days(fs, new Path(topic.getPath(), "hourly"), first, last)) {
        for (FileStatus hour : fs.listStatus(day.getPath())) {
          String path = hour.getPath().toUri().getPath();
          Matcher m = options.inputRegex.matcher(path);
          if (!hour.isDirectory() || !m.find()) {
            continue;
          }
          String table = m.group(options.captures.indexOf("table") + 1).replace('-', '_');
          int[] values = new int[4];
          for (int i = 0; i < 4; i++) {
            values[i] = Integer.parseInt(m.group(options.captures.indexOf(List.of("year", "month", "day", "hour").get(i)) + 1));
          }
          long at = OffsetDateTime.of(values[0], values[1], values[2], values[3], 0, 0, 0, ZoneOffset.UTC).toInstant().toEpochMilli();
          boolean wanted = at >= first && at <= last
              && (options.whitelist == null || options.whitelist.matcher(table).matches())
              && (options.blacklist == null || !options.blacklist.matcher(table).matches());
          if (wanted) {
            targets.add(new RefineTarget(fs, hour, options, table, values, failureFlag));
          }
        }
      }
    }
    return targets;
  }

  private static List<FileStatus> days(FileSystem fs, Path hourly, long first, long last) throws IOException {
    List<FileStatus> days = new ArrayList<>();
    if (!fs.exists(hourly)) {
      return days;
    }
    String from = HOUR_DIR.format(Instant.ofEpochMilli(first)).substring(0, 10);
    String to = HOUR_DIR.format(Instant.ofEpochMilli(last)).substring(0, 10);
    for (FileStatus year : fs.listStatus(hourly)) {
      for (FileStatus month : fs.listStatus(year.getPath())) {
        for (FileStatus day : fs.listStatus(month.getPath())) {
          String name = year.getPath().getName() + "/" + month.getPath().getName() + "/" + day.getPath().getName();
          if (name.compareTo(from) >= 0 && name.compareTo(to) <= 0) {
            days.add(day);
          }
        }
      }
    }
    return days;
  }

  /** Why this target is to be refined, or null where it is not; {@code skipped} hears of remembered failures. */
  boolean shouldRefine(boolean ignoreFailureFlag, java.util.function.Consumer<String> skipped) throws IOException {
    if (!fs.exists(output)) {
      return true;
    }
    Instant done = flag("_REFINED");
    if (done != null) {
      return !done.equals(inputMtime);
    }
    Instant failed = flag(failureFlag);
    if (failed != null && !ignoreFailureFlag && failed.equals(inputMtime)) {
      skipped.accept(this + " previously failed refinement and does not have new data since the last refine at " + failed + ", skipping.");
      return false;
    }
    return true;
  }

  private Instant flag(String name) throws IOException {
    Path path = new Path(output, name);
    if (!fs.exists(path)) {
      return null;
    }
    try (FSDataInputStream in = fs.open(path)) {
      return OffsetDateTime.parse(in.readUTF()).toInstant();
    }
  }

  void writeDoneFlag() throws IOException {
    writeFlag("_REFINED");
  }

  void writeFailureFlag() throws IOException {
    writeFlag(failureFlag);
  }

  private void writeFlag(String name) throws IOException {
    fs.mkdirs(output);
    try (FSDataOutputStream out = fs.create(new Path(output, name), true)) {
      out.writeUTF(FLAG_TIME.format(inputMtime));
    }
  }

  boolean isEmpty() throws IOException {
    return dataFiles().isEmpty();
  }

  List<Path> dataFiles() throws IOException {
    List<Path> files = new ArrayList<>();
    for (FileStatus file : fs.listStatus(input)) {
      if (file.getLen() > 0 && !file.getPath().getName().startsWith("_")) {
        files.add(file.getPath());
      }
    }
    return files;
  }

  String partitionSpec() {
    return "year=" + values[0] + ",month=" + values[1] + ",day=" + values[2] + ",hour=" + values[3];
  }

  @Override
  public String toString() {
    return input.toUri().getPath() + " -> `" + database + "`.`" + table.toLowerCase() + "` (" + partitionSpec() + ")";
  }
}
