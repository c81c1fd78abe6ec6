package org.wikimedia.analytics.refinery.job.refine;

import static org.apache.spark.sql.functions.callUDF;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Observation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the proper job and the retired wrapper share: find targets, write Parquet, add the partition, flag it, log it.
 * The two differ in transforms, in the word `JSON` in their log lines and in the failure flag's name.
 */
public final class RefineJob {
  private final Options options;
  private final Logger log;
  private final String dataset;
  private final String failureFlag;
  private SparkSession spark;
  private FileSystem fs;

  RefineJob(String[] args, String logger, String dataset, String failureFlag, boolean transforms) {
    this.options = Options.parse(args);
    if (!transforms) {
      options.transforms = List.of();
    }
    this.log = LoggerFactory.getLogger(logger);
    this.dataset = dataset;
    this.failureFlag = failureFlag;
  }

  void run() throws Exception {
    spark = SparkSession.builder().enableHiveSupport().getOrCreate();
    fs = FileSystem.get(spark.sparkContext().hadoopConfiguration());
    String mmdb = spark.conf().get("spark.sandbox.mmdb", "");
    spark.udf().register("geocode", (UDF1<String, Map<String, String>>) ip -> Geocoder.open(mmdb).geocode(ip),
        DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType));

    log.info("Looking for targets to refine in {} between {} and {}", options.input, options.since, options.until);
    Map<String, List<RefineTarget>> tables = new LinkedHashMap<>();
    int found = 0;
    for (RefineTarget target : RefineTarget.find(fs, options, failureFlag)) {
      if (found < options.limit && target.shouldRefine(options.ignoreFailureFlag, log::warn)) {
        tables.computeIfAbsent(target.table, t -> new ArrayList<>()).add(target);
        found++;
      }
    }
    if (options.dryRun) {
      log.warn("NOTE: --dry-run was specified, nothing will actually be refined.");
    }
    log.info("Refining {} {}dataset partitions in into tables {} with local parallelism of {}...", found, dataset,
        tables.keySet().stream().map(t -> "`" + options.database + "`.`" + t.toLowerCase() + "`").collect(Collectors.joining(", ")),
        options.parallelism);
    if (!options.dryRun && found > 0) {
      spark.sql("CREATE DATABASE IF NOT EXISTS " + options.database);
      ExecutorService pool = Executors.newFixedThreadPool(options.parallelism);
      List<Callable<Void>> work = new ArrayList<>();
      tables.values().forEach(targets -> work.add(() -> refineTable(targets)));
      for (Future<Void> done : pool.invokeAll(work)) {
        done.get();
      }
      pool.shutdown();
    }
    spark.stop();
  }

  private Void refineTable(List<RefineTarget> targets) {
    String table = "`" + options.database + "`.`" + targets.get(0).table.toLowerCase() + "`";
    List<String> failures = new ArrayList<>();
    long total = 0;
    StructType schema = null;
    for (RefineTarget target : targets) {
      log.info("Beginning refinement of {}...", target);
      try {
        if (schema == null) {
          schema = tableSchema(targets);
        }
        long records = refine(target, schema);
        target.writeDoneFlag();
        total += records;
        log.info("Finished refinement of {}dataset {}. (# refined records: {})", dataset, target, records);
      } catch (Exception e) {
        log.error("Failed refinement of " + dataset + "dataset " + target + ".", e);
        failures.add("Failure(org.wikimedia.analytics.refinery.job.refine.RefineTargetException: Failed refinement of " + target
            + ". Original exception: " + e + ")");
        total -= 1; // As in v0.0.62: an unrefined target counts -1.
        try {
          target.writeFailureFlag();
        } catch (Exception again) {
          log.error("Cannot write the failure flag of " + target, again);
        }
      }
    }
    if (failures.size() < targets.size()) {
      log.info("Successfully refined {} of {} {}dataset partitions into table {} (total # refined records: {})",
          targets.size() - failures.size(), targets.size(), dataset, table, total);
    }
    if (!failures.isEmpty()) {
      log.error("The following {} of {} {}dataset partitions for table {} failed refinement:\n\t{}\napplicationId: {}", failures.size(),
          targets.size(), dataset, table, String.join("\n\t", failures), spark.sparkContext().applicationId());
    }
    return null;
  }

  private Dataset<String> lines(List<Path> files) {
    return spark.createDataset(
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .sequenceFile(files.stream().map(Path::toString).collect(Collectors.joining(",")), LongWritable.class, Text.class)
            .map(pair -> pair._2().toString())
            .rdd(),
        Encoders.STRING()).coalesce(1);
  }

  /** One inference for all of a table's targets of this run, merged with what the table has. */
  private StructType tableSchema(List<RefineTarget> targets) throws Exception {
    List<Path> files = new ArrayList<>();
    for (RefineTarget target : targets) {
      files.addAll(target.dataFiles());
    }
    StructType inferred = files.isEmpty() ? new StructType() : spark.read().json(lines(files)).schema();
    RefineTarget any = targets.get(0);
    String name = options.database + "." + any.table.toLowerCase();
    if (spark.catalog().tableExists(name)) {
      StructType known = new StructType(Arrays.stream(spark.table(name).schema().fields())
          .filter(f -> !List.of("year", "month", "day", "hour").contains(f.name())).toArray(StructField[]::new));
      return Schemas.merge(known, inferred);
    }
    return inferred;
  }

  /** Columns under the names that Hive keeps. Only after reading: JSON's own names count in it, `webHost` is not `webhost` there. */
  private static Dataset<Row> lower(Dataset<Row> rows) {
    return rows.toDF(Arrays.stream(rows.columns()).map(Schemas::column).toArray(String[]::new));
  }

  private long refine(RefineTarget target, StructType schema) throws Exception {
    if (target.isEmpty()) {
      return 0;
    }
    boolean hasIp = Arrays.asList(schema.fieldNames()).contains("ip");
    StructType raw = new StructType(Arrays.stream(schema.fields()).filter(f -> !f.name().equals("geocoded_data")).toArray(StructField[]::new));
    Dataset<Row> rows = lower(spark.read().schema(raw).option("mode", "PERMISSIVE").json(lines(target.dataFiles())));
    for (String transform : options.transforms) {
      switch (transform.replaceAll(".*\\.", "")) {
        case "deduplicate_eventlogging" -> rows = rows.dropDuplicates(new String[] {"uuid"});
        case "geocode_ip" -> {
          if (hasIp) {
            rows = rows.withColumn("geocoded_data", callUDF("geocode", col("ip")));
          } else {
            log.warn("{} does not contain an `ip` field, cannot geocode. Skipping.", target);
          }
        }
        default -> throw new IllegalArgumentException("Unknown transform function " + transform);
      }
    }
    Observation observed = new Observation();
    rows.observe(observed, count(lit(1)).as("n")).write().mode(SaveMode.Overwrite).option("compression", "snappy").parquet(target.output.toString());
    long n = ((Number) observed.getAsJava().get("n")).longValue();
    Hive.addPartition(spark, target, rows.schema());
    LoggerFactory.getLogger("DataFrameToHive").info("Wrote DataFrame to {} and added partition `{}`.`{}` ({})", target.output.toUri().getPath(),
        target.database, target.table.toLowerCase(), target.partitionSpec());
    return n;
  }
}
