package org.sisyphus.jobs;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What the jobs read. */
final class Inputs {
  private Inputs() {}

  /** The lines of all files that a file lists, one path a line, in a column `value`. */
  static Dataset<Row> lines(SparkSession spark, String list) {
    String[] paths =
        spark.read().textFile(list).collectAsList().stream().filter(p -> !p.isBlank()).toArray(String[]::new);
    return paths.length == 0
        ? spark.emptyDataset(Encoders.STRING()).toDF("value")
        : spark.read().option("lineSep", "\n").text(paths);
  }
}
