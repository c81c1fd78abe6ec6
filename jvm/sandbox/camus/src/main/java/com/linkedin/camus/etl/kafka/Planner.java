package com.linkedin.camus.etl.kafka;

import com.linkedin.camus.etl.kafka.common.ConsumerSettings;
import com.linkedin.camus.etl.kafka.common.EtlKey;
import com.linkedin.camus.etl.kafka.common.EtlRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.Writable;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.sisyphus.sandbox.Clock;

/** Decides what a run pulls: stored offsets against what the brokers hold, with Camus' own words in the log. */
final class Planner {
  private static final String LOGGER = "mapred.EtlInputFormat";
  private final Configuration conf;
  private final Clock clock;
  private final FileSystem fs;

  record Plan(List<EtlRequest> requests, boolean outOfRange) {}

  Planner(Configuration conf, Clock clock, FileSystem fs) {
    this.conf = conf;
    this.clock = clock;
    this.fs = fs;
  }

  Plan plan(Path previous, Path execution) throws Exception {
    List<EtlRequest> requests = fetch();
    CamusJob.writeRequests(conf, new Path(execution, "requests.previous"), requests);
    Map<String, EtlKey> keys = previous == null ? new TreeMap<>() : Executions.keys(conf, fs, previous, "offsets");
    boolean outOfRange = false;
    for (EtlRequest request : requests) {
      EtlKey key = keys.get(request.topic + "\t" + request.partition);
      if (key != null) {
        request.offset = key.offset;
        Writable size = key.partitionMap.get(new Text("message.size"));
        if (size instanceof LongWritable bytes) {
          request.averageSize = bytes.get();
        }
      }
      if (inRange(request)) {
        if (3 * (request.offset - request.earliestOffset) < request.latestOffset - request.offset) {
          clock.log("WARN", LOGGER, "The current offset is too close to the earliest offset, Camus might be falling behind: " + request);
        }
      } else if (mayMove(request)) {
        clock.log("ERROR", LOGGER, "Moving to the earliest offset available");
        request.offset = request.earliestOffset;
        keys.put(request.topic + "\t" + request.partition,
            new EtlKey(request.topic, request.partition, 0, request.offset, clock.now()));
      } else {
        clock.log("ERROR", LOGGER, "Offset range from kafka metadata is outside the previously persisted offset, " + request + "\n"
            + " Topic " + request.topic + " will be skipped.\n"
            + " Please check whether kafka cluster configuration is correct. You can also specify config parameter: "
            + "kafka.move.to.earliest.offset to start processing from earliest kafka metadata offset.");
        outOfRange = true;
      }
      clock.log("INFO", LOGGER, request.toString());
    }
    CamusJob.writeKeys(conf, new Path(execution, "offsets-previous"), keys.values());
    return new Plan(requests, outOfRange);
  }

  private boolean inRange(EtlRequest request) {
    if (request.earliestOffset > request.offset) {
      clock.log("ERROR", LOGGER, "The earliest offset was found to be more than the current offset: " + request);
      return false;
    }
    if (request.offset > request.latestOffset) {
      clock.log("ERROR", LOGGER, "The current offset was found to be more than the latest offset: " + request);
      return false;
    }
    return true;
  }

  private boolean mayMove(EtlRequest request) {
    boolean moveToEarliest = conf.getBoolean("kafka.move.to.earliest.offset", false);
    boolean unset = request.offset == 0;
    clock.log("INFO", LOGGER, "move_to_earliest: " + moveToEarliest + " offset_unset: " + unset);
    return moveToEarliest || unset;
  }

  private List<EtlRequest> fetch() {
    Pattern white = anyOf(conf.get("kafka.whitelist.topics", ""));
    Pattern black = anyOf(conf.get("kafka.blacklist.topics", ""));
    Properties properties = ConsumerSettings.of(conf);
    List<EtlRequest> requests = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      Map<TopicPartition, PartitionInfo> partitions = new TreeMap<>((a, b) ->
          a.topic().equals(b.topic()) ? Integer.compare(a.partition(), b.partition()) : a.topic().compareTo(b.topic()));
      consumer.listTopics().forEach((topic, infos) -> {
        boolean wanted = (white == null || white.matcher(topic).matches()) && (black == null || !black.matcher(topic).matches());
        if (wanted && !topic.startsWith("__")) {
          infos.forEach(info -> partitions.put(new TopicPartition(topic, info.partition()), info));
        }
      });
      Map<TopicPartition, Long> earliest = consumer.beginningOffsets(partitions.keySet());
      Map<TopicPartition, Long> latest = consumer.endOffsets(partitions.keySet());
      partitions.forEach((tp, info) -> {
        EtlRequest request = new EtlRequest();
        request.topic = tp.topic();
        request.partition = tp.partition();
        request.leaderId = String.valueOf(info.leader().id());
        request.uri = "tcp://" + info.leader().host() + ":" + info.leader().port();
        request.earliestOffset = earliest.get(tp);
        request.latestOffset = latest.get(tp);
        requests.add(request);
      });
    }
    return requests;
  }

  /** Comma-separated regexes, matched whole; null where nothing was given. */
  private static Pattern anyOf(String list) {
    return list.isBlank() ? null : Pattern.compile(Arrays.stream(list.split(",")).map(String::trim).collect(Collectors.joining("|")));
  }
}
