package org.sisyphus.sandbox.gobblin;

import com.typesafe.config.Config;
import gobblin.kafka.client.AbstractBaseKafkaConsumerClient;
import gobblin.kafka.client.BaseKafkaConsumerRecord;
import gobblin.kafka.client.ByteArrayBasedKafkaRecord;
import gobblin.kafka.client.GobblinKafkaConsumerClient;
import gobblin.kafka.client.KafkaConsumerRecord;
import gobblin.source.extractor.extract.kafka.KafkaPartition;
import gobblin.source.extractor.extract.kafka.KafkaTopic;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** How Gobblin asks Kafka: the clients that it was published with are of 2014, and Maven has them no more. */
public final class KafkaClient extends AbstractBaseKafkaConsumerClient {
  /** Named by `gobblin.kafka.consumerClient.class`. */
  public static final class Factory implements GobblinKafkaConsumerClientFactory {
    @Override
    public GobblinKafkaConsumerClient create(Config config) {
      return new KafkaClient(config);
    }
  }

  private final KafkaConsumer<byte[], byte[]> consumer;

  private KafkaClient(Config config) {
    super(config);
    Properties properties = new Properties();
    properties.put("bootstrap.servers", String.join(",", brokers));
    properties.put("enable.auto.commit", "false");
    // Gobblin itself decides where to go on.
    properties.put("auto.offset.reset", "none");
    properties.put("allow.auto.create.topics", "false");
    // What a saga replays it replays in transactions, some of which are aborted.
    properties.put("isolation.level", "read_committed");
    consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public List<KafkaTopic> getTopics() {
    List<KafkaTopic> topics = new ArrayList<>();
    consumer.listTopics().forEach((topic, partitions) -> topics.add(new KafkaTopic(topic, partitionsOf(partitions))));
    return topics;
  }

  private static List<KafkaPartition> partitionsOf(List<PartitionInfo> partitions) {
    return partitions.stream()
        .sorted(Comparator.comparingInt(PartitionInfo::partition))
        .map(each -> new KafkaPartition.Builder()
            .withId(each.partition())
            .withTopicName(each.topic())
            .withLeaderId(each.leader().id())
            .withLeaderHostAndPort(each.leader().host(), each.leader().port())
            .build())
        .toList();
  }

  private static TopicPartition of(KafkaPartition partition) {
    return new TopicPartition(partition.getTopicName(), partition.getId());
  }

  @Override
  public long getEarliestOffset(KafkaPartition partition) {
    return consumer.beginningOffsets(Set.of(of(partition))).get(of(partition));
  }

  @Override
  public long getLatestOffset(KafkaPartition partition) {
    return consumer.endOffsets(Set.of(of(partition))).get(of(partition));
  }

  /** @return the next records; null where there are none up to `last` */
  @Override
  public Iterator<KafkaConsumerRecord> consume(KafkaPartition partition, long next, long last) {
    if (next > last) return null;
    consumer.assign(Set.of(of(partition)));
    consumer.seek(of(partition), next);
    List<KafkaConsumerRecord> records = new ArrayList<>();
    consumer.poll(Duration.ofSeconds(5)).forEach(record -> records.add(new Record(record)));
    return records.isEmpty() ? null : records.iterator();
  }

  @Override
  public void close() throws IOException {
    consumer.close(Duration.ofSeconds(1));
  }

  private static final class Record extends BaseKafkaConsumerRecord implements ByteArrayBasedKafkaRecord {
    private final ConsumerRecord<byte[], byte[]> record;

    Record(ConsumerRecord<byte[], byte[]> record) {
      super(record.offset(), record.serializedValueSize());
      this.record = record;
    }

    @Override
    public byte[] getMessageBytes() {
      return record.value();
    }

    @Override
    public byte[] getKeyBytes() {
      return record.key();
    }
  }
}
