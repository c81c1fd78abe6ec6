package com.linkedin.camus.etl.kafka.common;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.MapWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.UTF8;
import org.apache.hadoop.io.WritableComparable;

/** Where a topic-partition stands. The byte layout is Camus' own (docs/formats.md), big-endian, the map last. */
@SuppressWarnings("deprecation") // UTF8 is what Camus writes.
public final class EtlKey implements WritableComparable<EtlKey> {
  public String leaderId = "";
  public int partition;
  public long beginOffset;
  public long offset;
  public long checksum;
  public String topic = "";
  public long time;
  public String server = "";
  public String service = "";
  public MapWritable partitionMap = new MapWritable();

  public EtlKey() {}

  public EtlKey(String topic, int partition, long beginOffset, long offset, long time) {
    this.topic = topic;
    this.partition = partition;
    this.beginOffset = beginOffset;
    this.offset = offset;
    this.time = time;
    partitionMap.put(new Text("server"), new Text("unknown_server"));
    partitionMap.put(new Text("service"), new Text("unknown_service"));
  }

  public void setMessageSize(long averageBytes) {
    partitionMap.put(new Text("message.size"), new LongWritable(averageBytes));
  }

  @Override
  public void write(DataOutput out) throws IOException {
    UTF8.writeString(out, leaderId);
    out.writeInt(partition);
    out.writeLong(beginOffset);
    out.writeLong(offset);
    out.writeLong(checksum);
    out.writeUTF(topic);
    out.writeLong(time);
    out.writeUTF(server);
    out.writeUTF(service);
    partitionMap.write(out);
  }

  @Override
  public void readFields(DataInput in) throws IOException {
    leaderId = UTF8.readString(in);
    partition = in.readInt();
    beginOffset = in.readLong();
    offset = in.readLong();
    checksum = in.readLong();
    topic = in.readUTF();
    time = in.readLong();
    server = in.readUTF();
    service = in.readUTF();
    partitionMap = new MapWritable();
    try {
      partitionMap.readFields(in);
    } catch (IOException e) {
      // Files older than the map end here.
    }
  }

  @Override
  public int compareTo(EtlKey other) {
    int byTopic = topic.compareTo(other.topic);
    return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
  }

  @Override
  public String toString() {
    return "topic=" + topic + " partition=" + partition + "leaderId=" + leaderId + " server= service= beginOffset="
        + beginOffset + " offset=" + offset + " msgSize= server= checksum=" + checksum + " time=" + time;
  }
}
