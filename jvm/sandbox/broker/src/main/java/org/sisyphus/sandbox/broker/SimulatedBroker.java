package org.sisyphus.sandbox.broker;

import java.io.FileInputStream;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;

/** A real Kafka broker and controller whose calendar is the sandbox's. Arguments: server.properties, clock file. */
public final class SimulatedBroker {
  private SimulatedBroker() {}

  public static void main(String[] args) throws Exception {
    Properties properties = new Properties();
    try (FileInputStream in = new FileInputStream(args[0])) {
      properties.load(in);
    }
    KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(properties), new SimulatedTime(Path.of(args[1])));
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "shutdown"));
    server.startup();
    server.awaitShutdown();
  }
}
