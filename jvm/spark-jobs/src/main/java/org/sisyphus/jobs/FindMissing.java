package org.sisyphus.jobs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * Finds the candidates (events of an archive or of MySQL) that neither Kafka nor a raw hour holds, by topic and uuid. It is the join of
 * activities/backfill/search/join-on-worker.ts for what outgrows a worker's disk or patience, and gives the same answer: in the order of topic,
 * time and uuid, each event once, from the best source that has it. formats/candidate.ts describes the lines it reads and writes.
 *
 * <p>Arguments: --held FILE --events FILE --out DIR. FILE lists the paths of the inputs, one a line: what is held, and the candidates. DIR is
 * the directory of the answer; activities/backfill/search/join-on-spark.ts reads its part files.
 */
public final class FindMissing {
  private FindMissing() {}

  public static void main(String[] args) {
    Arguments arguments = new Arguments(args, "--held", "--events", "--out");
    SparkSession spark = SparkSession.builder().getOrCreate();
    Dataset<Row> held = Inputs.lines(spark, arguments.get("--held")).select(col("value").as("key")).distinct();
    Dataset<Row> candidates =
        Inputs.lines(spark, arguments.get("--events"))
            .select(expr("split(value, '\\t', 5)").as("f"))
            .select(
                expr("f[0]").as("topic"),
                expr("f[1]").as("uuid"),
                concat_ws("\t", expr("f[0]"), expr("f[1]")).as("key"),
                expr("f[2]").as("rank"),
                expr("f[3]").as("ms"),
                expr("f[4]").as("json"));
    candidates
        .join(held, candidates.col("key").equalTo(held.col("key")), "left_anti")
        .groupBy("topic", "uuid")
        .agg(
            // The copy from the best source, and of several in one source the earliest.
            min(expr("struct(rank, ms, json)")).as("first"),
            greatest(sum(expr("if(rank = '0', 1, 0)")), lit(1)).as("copies"))
        .select(
            col("topic"),
            col("first.ms").as("ms"),
            col("uuid"),
            concat_ws("\t", col("topic"), col("first.ms"), col("uuid"), col("first.rank"), col("copies"), col("first.json"))
                .as("value"))
        .orderBy("topic", "ms", "uuid")
        .select("value")
        .write()
        .mode(SaveMode.Overwrite)
        .text(arguments.get("--out"));
    spark.stop();
  }
}
