package com.linkedin.camus.etl.kafka.common;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.hadoop.io.UTF8;
import org.apache.hadoop.io.Writable;

/** What a run means to pull from one topic-partition; earliest offset and sizes are not serialised, as in Camus. */
@SuppressWarnings("deprecation") // UTF8 is what Camus writes.
public final class EtlRequest implements Writable {
  public String topic = "";
  public String leaderId = "";
  public String uri = "";
  public int partition;
  public long offset;
  public long latestOffset;
  public long earliestOffset;
  public long averageSize = 1024;

  @Override
  public void write(DataOutput out) throws IOException {
    UTF8.writeString(out, topic);
    UTF8.writeString(out, leaderId);
    UTF8.writeString(out, uri);
    out.writeInt(partition);
    out.writeLong(offset);
    out.writeLong(latestOffset);
  }

  @Override
  public void readFields(DataInput in) throws IOException {
    topic = UTF8.readString(in);
    leaderId = UTF8.readString(in);
    uri = UTF8.readString(in);
    partition = in.readInt();
    offset = in.readLong();
    latestOffset = in.readLong();
  }

  @Override
  public String toString() {
    return topic + "\turi:" + uri + "\tleader:" + leaderId + "\tpartition:" + partition + "\tearliest_offset:" + earliestOffset
        + "\toffset:" + offset + "\tlatest_offset:" + latestOffset + "\tavg_msg_size:" + averageSize + "\testimated_size:"
        + (latestOffset - offset) * averageSize;
  }
}
