package org.sisyphus.sandbox;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStoreClient;
import org.apache.hadoop.hive.metastore.api.AlreadyExistsException;
import org.apache.hadoop.hive.metastore.api.Database;
import org.apache.hadoop.hive.metastore.api.FieldSchema;
import org.apache.hadoop.hive.metastore.api.Partition;
import org.apache.hadoop.hive.metastore.api.SerDeInfo;
import org.apache.hadoop.hive.metastore.api.StorageDescriptor;
import org.apache.hadoop.hive.metastore.api.Table;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A benchmark fleet's tables in the metastore, the Parquet file its partitions share, and what `SHOW PARTITIONS` says of them. */
public final class FleetTables {
  private static final List<FieldSchema> COLUMNS =
      List.of(new FieldSchema("dt", "string", null), new FieldSchema("geocoded_data", "string", null));
  private static final List<FieldSchema> KEYS = List.of(new FieldSchema("year", "bigint", null),
      new FieldSchema("month", "bigint", null), new FieldSchema("day", "bigint", null), new FieldSchema("hour", "bigint", null));

  private FleetTables() {}

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "template" -> template(args[1], Integer.parseInt(args[2]));
      case "create" -> create(Integer.parseInt(args[1]), Long.parseLong(args[2]), Integer.parseInt(args[3]));
      case "show" -> show(Integer.parseInt(args[1]));
      case "drop" -> new HiveMetaStoreClient(new HiveConf(FleetTables.class)).dropPartition("event", args[1], List.of(args).subList(2, 6), false);
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void template(String file, int rows) throws Exception {
    MessageType type = MessageTypeParser.parseMessageType("message event { optional binary dt (UTF8); optional binary geocoded_data (UTF8); }");
    SimpleGroupFactory groups = new SimpleGroupFactory(type);
    try (var out = ExampleParquetWriter.builder(new Path("file://" + file)).withType(type).withConf(new Configuration(false)).build()) {
      for (int i = 0; i < rows; i++) {
        out.write(groups.newGroup().append("dt", "2018-06-18T12:00:0" + i % 10 + "Z").append("geocoded_data", "-"));
      }
    }
  }

  private static void create(int topics, long since, int hours) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(3);
    ThreadLocal<HiveMetaStoreClient> clients = ThreadLocal.withInitial(() -> {
      try {
        return new HiveMetaStoreClient(new HiveConf(FleetTables.class));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
    try {
      clients.get().createDatabase(new Database("event", null, null, null));
    } catch (AlreadyExistsException e) {
      // Of an earlier call.
    }
    List<Future<?>> work = new ArrayList<>();
    for (int i = 0; i < topics; i++) {
      String schema = String.format("Fleet%04d", i);
      work.add(pool.submit(() -> {
        table(clients.get(), schema, since, hours);
        return null;
      }));
    }
    int done = 0;
    for (Future<?> w : work) {
      w.get();
      if (++done % 50 == 0) {
        System.out.println(done + " tables");
      }
    }
    pool.shutdown();
  }

  private static void table(HiveMetaStoreClient client, String schema, long since, int hours) throws Exception {
    String dir = "/wmf/data/event/" + schema;
    String name = schema.toLowerCase();
    try {
      client.createTable(new Table(name, "event", "hdfs", 0, 0, 0, storage(dir), KEYS, new HashMap<>(java.util.Map.of("EXTERNAL", "TRUE")),
          null, null, "EXTERNAL_TABLE"));
    } catch (AlreadyExistsException e) {
      // Of an earlier call.
    }
    List<Partition> partitions = new ArrayList<>();
    for (int h = 0; h < hours; h++) {
      ZonedDateTime t = Instant.ofEpochMilli(since + h * 3_600_000L).atZone(ZoneOffset.UTC);
      List<String> values = List.of("" + t.getYear(), "" + t.getMonthValue(), "" + t.getDayOfMonth(), "" + t.getHour());
      String path = dir + "/year=" + values.get(0) + "/month=" + values.get(1) + "/day=" + values.get(2) + "/hour=" + values.get(3);
      partitions.add(new Partition(values, "event", name, 0, 0, storage(path), new HashMap<>()));
    }
    client.add_partitions(partitions, true, false);
  }

  private static StorageDescriptor storage(String location) {
    SerDeInfo serde = new SerDeInfo(null, "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe", new HashMap<>());
    return new StorageDescriptor(COLUMNS, location, "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat", false, 0, serde, new ArrayList<>(), new ArrayList<>(), new HashMap<>());
  }

  private static void show(int topics) {
    SparkSession spark = SparkSession.builder().master("local[1]").config("spark.ui.enabled", "false").enableHiveSupport().getOrCreate();
    for (int i = 0; i < topics; i++) {
      String table = String.format("event.fleet%04d", i);
      for (Row row : spark.sql("SHOW PARTITIONS " + table).collectAsList()) {
        System.out.println(table + " " + row.getString(0));
      }
    }
    spark.stop();
  }
}
