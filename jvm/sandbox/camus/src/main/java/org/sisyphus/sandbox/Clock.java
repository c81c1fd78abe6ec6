package org.sisyphus.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The sandbox's calendar for its importer, and log lines stamped with it. Without a clock file: wall time. */
public final class Clock {
  private static final DateTimeFormatter LOG = DateTimeFormatter.ofPattern("yy/MM/dd HH:mm:ss").withZone(ZoneOffset.UTC);
  private final long offsetMs;

  public Clock(String file) {
    long offset = 0;
    if (file != null && !file.isEmpty()) {
      try {
        offset = Long.parseLong(Files.readString(Path.of(file)).trim());
      } catch (Exception e) {
        throw new IllegalStateException("cannot read the sandbox's clock " + file, e);
      }
    }
    this.offsetMs = offset;
  }

  public long now() {
    return System.currentTimeMillis() + offsetMs;
  }

  public void log(String level, String logger, String message) {
    System.out.println(LOG.format(Instant.ofEpochMilli(now())) + " " + level + " " + logger + ": " + message);
  }
}
