package com.linkedin.camus.etl.kafka.common;

import java.util.Properties;
import org.apache.hadoop.conf.Configuration;

/** How the importer's consumers find the brokers and who they are there. */
public final class ConsumerSettings {
  /** What stands behind it is a Kafka consumer's own setting, such as `security.protocol`. */
  private static final String PREFIX = "kafka.consumer.";

  private ConsumerSettings() {}

  public static Properties of(Configuration conf) {
    Properties properties = new Properties();
    properties.putAll(conf.getPropsWithPrefix(PREFIX));
    properties.put("bootstrap.servers", conf.get("kafka.brokers"));
    properties.put("client.id", conf.get("kafka.client.name", "camus"));
    return properties;
  }
}
