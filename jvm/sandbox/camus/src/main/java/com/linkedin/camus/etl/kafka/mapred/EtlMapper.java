package com.linkedin.camus.etl.kafka.mapred;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linkedin.camus.etl.kafka.CamusJob;
import com.linkedin.camus.etl.kafka.common.ConsumerSettings;
import com.linkedin.camus.etl.kafka.common.EtlKey;
import com.linkedin.camus.etl.kafka.common.EtlRequest;
import com.linkedin.camus.etl.kafka.common.ExceptionWritable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.mapreduce.Mapper;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pulls each request's offset range and buckets its records into hours by their own `dt`. */
public final class EtlMapper extends Mapper<EtlRequest, NullWritable, NullWritable, NullWritable> {
  private static final Logger LOG = LoggerFactory.getLogger("com.linkedin.camus.etl.kafka.mapred.EtlRecordReader");
  private static final String GROUP = "com.linkedin.camus.etl.kafka.mapred.EtlRecordReader$KAFKA_MSG";
  private static final Duration POLL = Duration.ofMillis(300);
  private static final int MAX_IDLE_POLLS = 20;
  private final ObjectMapper json = new ObjectMapper();
  private KafkaConsumer<byte[], byte[]> consumer;
  private HourFiles files;
  private SequenceFile.Writer offsets;
  private SequenceFile.Writer errors;
  private Path work;
  private String suffix;
  private FileSystem fs;
  private long now;
  private long oldestKept;
  private long maxPullMs;

  @Override
  protected void setup(Context context) throws IOException {
    Configuration conf = context.getConfiguration();
    Path execution = new Path(conf.get("camus.exec.dir"));
    fs = execution.getFileSystem(conf);
    suffix = String.format("m-%05d", context.getTaskAttemptID().getTaskID().getId());
    work = new Path(execution, "_work/" + context.getTaskAttemptID());
    fs.mkdirs(work);
    now = conf.getLong("camus.now", System.currentTimeMillis());
    int days = conf.getInt("kafka.max.historical.days", -1);
    oldestKept = days < 0 ? Long.MIN_VALUE : now - days * 86_400_000L;
    int hours = conf.getInt("kafka.max.pull.hrs", -1);
    maxPullMs = hours < 0 ? Long.MAX_VALUE : hours * 3_600_000L;
    files = new HourFiles(conf, fs, work, suffix);
    Properties properties = ConsumerSettings.of(conf);
    properties.put("enable.auto.commit", "false");
    properties.put("auto.offset.reset", "none");
    // A fetch that waits at one partition's end would hold up the next partition's.
    properties.put("fetch.max.wait.ms", "10");
    properties.put("isolation.level", conf.get("sandbox.isolation.level", "read_committed"));
    consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    try {
      offsets = CamusJob.writer(conf, new Path(work, "offsets-" + suffix), EtlKey.class, NullWritable.class);
      errors = CamusJob.writer(conf, new Path(work, "errors-" + suffix), EtlKey.class, ExceptionWritable.class);
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  @Override
  protected void map(EtlRequest request, NullWritable nothing, Context context) throws IOException {
    TopicPartition tp = new TopicPartition(request.topic, request.partition);
    consumer.assign(List.of(tp));
    consumer.seek(tp, request.offset);
    EtlKey last = null;
    long bytes = 0;
    long count = 0;
    int idle = 0;
    long firstTime = Long.MIN_VALUE;
    try {
      pull:
      while (consumer.position(tp) < request.latestOffset) {
        context.progress();
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        // An open transaction holds readers back; what follows it is left to a later run.
        if (records.isEmpty() && ++idle > MAX_IDLE_POLLS) {
          LOG.info("Topic {}:{} not fully pulled, max task time reached at {}, pulled {} records", request.topic, request.partition,
              Instant.ofEpochMilli(now), count);
          break;
        }
        for (ConsumerRecord<byte[], byte[]> record : records) {
          if (record.offset() >= request.latestOffset) {
            break pull;
          }
          EventTime time = time(record.value());
          if (firstTime == Long.MIN_VALUE) {
            firstTime = time.ms();
          } else if (maxPullMs != Long.MAX_VALUE && time.ms() > firstTime + maxPullMs) {
            LOG.info("Kafka Max history hours reached");
            LOG.info("Topic {}:{} not fully pulled, max task time reached at {}, pulled {} records", request.topic, request.partition,
                Instant.ofEpochMilli(time.ms()), count);
            break pull;
          }
          last = new EtlKey(request.topic, request.partition, record.offset(), record.offset() + 1, time.ms());
          if (time.error() != null) {
            errors.append(last, new ExceptionWritable(time.error()));
          } else if (time.ms() < oldestKept) {
            // Camus drops these in silence, yet its offset moves on.
            context.getCounter("total", "skip-old").increment(1);
          } else {
            files.append(request, time.ms(), new String(record.value(), StandardCharsets.UTF_8), record.offset() + 1);
            context.getCounter("total", "event-count").increment(1);
            context.getCounter(GROUP, "DECODE_SUCCESSFUL").increment(1);
          }
          bytes += record.value().length;
          context.getCounter("total", "data-read").increment(record.value().length);
          count++;
        }
      }
    } catch (OffsetOutOfRangeException e) {
      LOG.error("Exception generated during fetch for topic {}: Error Code generated : 1", request.topic);
      LOG.info("Will refresh topic metadata and retry.");
      LOG.warn("Error encountered during fetch request retry from Kafka");
      LOG.warn("Error Code generated : 1");
    }
    if (last != null) {
      last.setMessageSize(bytes / count);
      offsets.append(last, NullWritable.get());
    }
  }

  private record EventTime(long ms, String error) {}

  private EventTime time(byte[] value) {
    JsonNode node;
    try {
      node = json.readTree(value);
    } catch (IOException e) {
      return new EventTime(now, "com.fasterxml.jackson.core.JsonParseException: " + e.getMessage());
    }
    JsonNode dt = node == null ? null : node.get("dt");
    if (dt != null && dt.isTextual()) {
      String text = dt.asText();
      try {
        boolean zoned = text.endsWith("Z") || text.matches(".*[+-]\\d{2}:?\\d{2}$");
        return new EventTime(OffsetDateTime.parse(zoned ? text : text + "Z").toInstant().toEpochMilli(), null);
      } catch (DateTimeParseException e) {
        // Falls through to the import time, as Camus does.
      }
    }
    LOG.warn("Couldn't find or parse timestamp field 'dt' in JSON message, defaulting to current time.");
    return new EventTime(now, null);
  }

  /** Moves data files to their hours, then this task's offsets and errors to the run; repeating it changes nothing. */
  @Override
  protected void cleanup(Context context) throws IOException {
    consumer.close();
    offsets.close();
    errors.close();
    files.commit(new Path(context.getConfiguration().get("etl.destination.path")));
    for (String name : List.of("offsets-" + suffix, "errors-" + suffix)) {
      Path target = new Path(work.getParent().getParent(), name);
      fs.delete(target, false);
      fs.rename(new Path(work, name), target);
    }
  }
}
