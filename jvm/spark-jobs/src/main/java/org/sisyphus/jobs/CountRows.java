package org.sisyphus.jobs;

import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.sum;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Counts what topic-hours hold, as activities/backfill/verify/row-counts.ts does on a worker, for what is too much for one. formats/counted-hour.ts
 * describes the lines that it reads and writes. An hour with a file that is not as expected is told as left out, and the worker counts it.
 *
 * <p>Arguments: --hours FILE --replayed FILE --out DIR [--identity JSON --ip JSON]. FILE lists the paths of the inputs, one a line: the hours
 * with their files, and the replayed events by hour. DIR is the directory of the answer. JSON is a list of JSON pointers, given where events are
 * no capsules of EventLogging's.
 */
public final class CountRows {
  private CountRows() {}

  /** Bytes of files that one task reads, and how many files it reads at most. A file is read by one task. */
  private static final long TASK_BYTES = 64 << 20;
  private static final int TASK_FILES = 500;

  /** The fields of formats/counted-hour.ts, in their order. */
  private static final String[] COUNTED = {
    "no", "leftOut", "rowsTold", "eventsTold", "events", "rows", "distinct", "duplicates", "lacking", "found", "withIp", "geocoded"
  };

  public static void main(String[] args) throws IOException {
    Arguments arguments = new Arguments(args, "--hours", "--replayed", "--out");
    EventParts parts = new EventParts(arguments.get("--identity"), arguments.get("--ip"));
    SparkSession spark = SparkSession.builder().getOrCreate();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());

    List<Row> hours = new ArrayList<>();
    List<HourFile> files = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    for (Row line : Inputs.lines(spark, arguments.get("--hours")).collectAsList()) {
      JsonNode listed = json.readTree(line.getString(0));
      int no = listed.get("no").intValue();
      hours.add(Mark.ofHour(no));
      for (String kind : List.of("raw", "refined"))
        for (JsonNode file : listed.get(kind))
          files.add(
              new HourFile(no, kind.equals("raw"), file.get(0).textValue(), file.get(1).longValue(), file.get(2).longValue(), file.path(3).longValue()));
    }

    List<List<HourFile>> tasks = tasksOf(files);
    Broadcast<SerializableConfiguration> hadoop =
        context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
    Dataset<Row> ofFiles =
        spark.createDataFrame(
            context
                .parallelize(tasks, Math.max(1, tasks.size()))
                .flatMap(task -> marksOf(task, parts, hadoop.value().value())),
            Mark.SCHEMA);
    Dataset<Row> ofReplayed =
        spark.createDataFrame(
            Inputs.lines(spark, arguments.get("--replayed"))
                .javaRDD()
                .map(
                    line -> {
                      String[] fields = line.getString(0).split("\t", 2);
                      return Mark.ofReplayed(Integer.parseInt(fields[0]), fields[1]);
                    }),
            Mark.SCHEMA);
    Dataset<Row> marks = spark.createDataFrame(hours, Mark.SCHEMA).union(ofFiles).union(ofReplayed);
    counted(marks).write().mode(SaveMode.Overwrite).text(arguments.get("--out"));
    spark.stop();
  }

  /** A line for each hour. */
  private static Dataset<Row> counted(Dataset<Row> marks) {
    Column[] sums = Mark.NUMBERS.stream().map(name -> sum(name).as(name)).toArray(Column[]::new);
    Dataset<Row> hours =
        marks
            .groupBy("no", "uuid")
            .agg(sums[0], Arrays.copyOfRange(sums, 1, sums.length))
            .groupBy("no")
            .agg(
                sum("leftOut").as("leftOut"),
                sum("rowsTold").as("rowsTold"),
                sum("eventsTold").as("eventsTold"),
                sum("events").as("events"),
                sum("rows").as("rows"),
                expr("count_if(events > 0)").as("distinct"),
                expr("count_if(rows > 1)").as("duplicates"),
                expr("count_if(events > 0 and rows = 0)").as("lacking"),
                expr("sum(if(rows > 0, replayed, 0))").as("found"),
                sum("withIp").as("withIp"),
                sum("geocoded").as("geocoded"));
    return hours.select(concat_ws("\t", Arrays.stream(COUNTED).map(hours::col).toArray(Column[]::new)).as("value"));
  }

  private static List<List<HourFile>> tasksOf(List<HourFile> files) {
    List<List<HourFile>> tasks = new ArrayList<>();
    List<HourFile> task = new ArrayList<>();
    long bytes = 0;
    for (HourFile file : files) {
      if (!task.isEmpty() && (bytes + file.length > TASK_BYTES || task.size() == TASK_FILES)) {
        tasks.add(task);
        task = new ArrayList<>();
        bytes = 0;
      }
      task.add(file);
      bytes += file.length;
    }
    if (!task.isEmpty()) tasks.add(task);
    return tasks;
  }

  private static Iterator<Row> marksOf(List<HourFile> files, EventParts parts, Configuration hadoop) {
    // One file after the other, each opened when the one before has ended.
    Iterator<HourFile> left = files.iterator();
    return new Iterator<>() {
      private Iterator<Row> marks = Collections.emptyIterator();

      @Override
      public boolean hasNext() {
        while (!marks.hasNext() && left.hasNext()) marks = left.next().marks(parts, hadoop);
        return marks.hasNext();
      }

      @Override
      public Row next() {
        if (!hasNext()) throw new NoSuchElementException();
        return marks.next();
      }
    };
  }
}
