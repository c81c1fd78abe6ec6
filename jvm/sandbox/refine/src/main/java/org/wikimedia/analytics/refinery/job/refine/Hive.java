package org.wikimedia.analytics.refinery.job.refine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The table and partition DDL; one statement at a time, as the metastore client is shared. */
final class Hive {
  private static final Set<String> SEEN = ConcurrentHashMap.newKeySet();

  private Hive() {}

  static synchronized void addPartition(SparkSession spark, RefineTarget target, StructType schema) {
    String table = "`" + target.database + "`.`" + target.table.toLowerCase() + "`";
    String tableDir = target.output.getParent().getParent().getParent().getParent().toString();
    if (SEEN.add(table)) {
      String name = target.database + "." + target.table.toLowerCase();
      if (!spark.catalog().tableExists(name)) {
        String columns = Arrays.stream(schema.fields()).map(Hive::column).collect(Collectors.joining(", "));
        spark.sql("CREATE EXTERNAL TABLE IF NOT EXISTS " + table + " (" + columns + ") "
            + "PARTITIONED BY (year BIGINT, month BIGINT, day BIGINT, hour BIGINT) STORED AS PARQUET LOCATION '" + tableDir + "'");
      } else {
        List<String> has = new ArrayList<>();
        for (String field : spark.table(name).schema().fieldNames()) {
          has.add(field.toLowerCase());
        }
        String missing = Arrays.stream(schema.fields()).filter(f -> !has.contains(f.name().toLowerCase())).map(Hive::column)
            .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
          spark.sql("ALTER TABLE " + table + " ADD COLUMNS (" + missing + ")");
        }
      }
    }
    spark.sql("ALTER TABLE " + table + " ADD IF NOT EXISTS PARTITION (" + target.partitionSpec() + ") LOCATION '" + target.output + "'");
  }

  private static String column(StructField field) {
    return "`" + field.name() + "` " + field.dataType().sql();
  }
}
