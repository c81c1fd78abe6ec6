package org.sisyphus.sandbox.gobblin;

import gobblin.configuration.State;
import gobblin.writer.partitioner.TimeBasedWriterPartitioner;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The hour of an event, by its own time, as at Wikimedia. An event without a time fails its task. */
public final class EventTimePartitioner extends TimeBasedWriterPartitioner<Object> {
  private static final Pattern TIME = Pattern.compile("\"dt\":\\s*\"([^\"]+)\"");

  public EventTimePartitioner(State state, int branches, int branch) {
    super(state, branches, branch);
  }

  @Override
  public long getRecordTimestamp(Object record) {
    Matcher time = TIME.matcher(new String((byte[]) record, StandardCharsets.UTF_8));
    if (!time.find()) throw new IllegalStateException("an event has no time");
    return Instant.parse(time.group(1)).toEpochMilli();
  }
}
