package org.wikimedia.analytics.refinery.job.refine;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Pattern;

/** The command line of Refine v0.0.62, the options a backfill uses. Datetimes are UTC. */
final class Options {
  String input;
  String output;
  String database;
  Instant since;
  Instant until = Instant.now();
  Pattern inputRegex = Pattern.compile(".*/(.+)/hourly/(\\d{4})/(\\d{2})/(\\d{2})/(\\d{2}).*");
  List<String> captures = List.of("table", "year", "month", "day", "hour");
  Pattern whitelist;
  Pattern blacklist;
  List<String> transforms = List.of();
  boolean ignoreFailureFlag;
  boolean dryRun;
  int parallelism = 1;
  int limit = Integer.MAX_VALUE;

  static Options parse(String[] args) {
    Options o = new Options();
    o.since = o.until.minusSeconds(192 * 3600L);
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "-i", "--input-base-path" -> o.input = args[++i];
        case "-o", "--output-base-path" -> o.output = args[++i];
        case "-d", "--database" -> o.database = args[++i];
        case "-s", "--since" -> o.since = time(args[++i]);
        case "-u", "--until" -> o.until = time(args[++i]);
        case "-R", "--input-regex" -> o.inputRegex = Pattern.compile(args[++i]);
        case "-C", "--input-capture" -> o.captures = List.of(args[++i].split(","));
        case "-w", "--table-whitelist" -> o.whitelist = Pattern.compile(args[++i]);
        case "-b", "--table-blacklist" -> o.blacklist = Pattern.compile(args[++i]);
        case "-l", "--transform-functions" -> o.transforms = List.of(args[++i].split(","));
        case "-I", "--ignore-failure-flag" -> o.ignoreFailureFlag = true;
        case "-n", "--dry-run" -> o.dryRun = true;
        case "-P", "--parallelism" -> o.parallelism = Integer.parseInt(args[++i]);
        case "-L", "--limit" -> o.limit = Integer.parseInt(args[++i]);
        default -> throw new IllegalArgumentException("Unknown option " + args[i]);
      }
    }
    if (o.input == null || o.output == null || o.database == null) {
      throw new IllegalArgumentException("--input-base-path, --output-base-path and --database are required");
    }
    return o;
  }

  private static Instant time(String text) {
    return text.matches("\\d+")
        ? Instant.now().minusSeconds(Long.parseLong(text) * 3600)
        : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
  }
}
