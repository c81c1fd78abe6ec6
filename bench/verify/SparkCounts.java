import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What an operator would ask spark-sql after a repair: for all hours together the rows, the distinct events of the raw hours, the events with more
 * than one row, and those without any. Arguments: patterns of the directories of raw hours and of partitions.
 */
public final class SparkCounts {
  private SparkCounts() {}

  public static void main(String[] args) {
    SparkSession spark =
        SparkSession.builder()
            .master("local[*]")
            .config("spark.ui.enabled", "false")
            // The default of 200 is for clusters, and slower here.
            .config("spark.sql.shuffle.partitions", "8")
            .getOrCreate();
    Dataset<Row> raw = spark.read().text(args[0]);
    raw.createOrReplaceTempView("raw");
    spark.read().parquet(args[1]).createOrReplaceTempView("refined");
    // An hour is known by its topic and its digits: .../eventlogging_Edit/hourly/2018/07/05/03/... and .../Edit/year=2018/month=7/day=5/hour=3/...
    Row row =
        spark
            .sql(
                """
                with raw_events as (
                  select regexp_extract(input_file_name(), '_([^/]+)/hourly/', 1) topic,
                    array_join(transform(split(regexp_extract(input_file_name(), '/hourly/(.+)/', 1), '/'), x -> cast(int(x) as string)), '/') hour,
                    get_json_object(value, '$.uuid') uuid
                  from raw
                ), rows as (
                  select regexp_extract(input_file_name(), '([^/]+)/year=', 1) topic,
                    regexp_replace(regexp_extract(input_file_name(), '/(year=.+)/', 1), '[a-z]+=', '') hour, uuid, ip, geocoded_data
                  from refined
                ), events as (
                  select topic, hour, uuid, sum(n) n, max(e) e, sum(ip) ip, sum(g) g
                  from (
                    select topic, hour, uuid, 1 n, 0 e, int(ip is not null) ip, int(ip is not null and geocoded_data is not null) g from rows
                    union all select topic, hour, uuid, 0, 1, 0, 0 from raw_events
                  ) group by topic, hour, uuid
                ), hours as (
                  select topic, hour, sum(n) n, sum(e) e, sum(int(n > 1)) duplicates, sum(int(n = 0)) lacking, sum(ip) ip, sum(g) g
                  from events group by topic, hour
                )
                select count(*) hours, sum(n) rows, sum(e) distinct, sum(duplicates) duplicates, sum(lacking) lacking, sum(ip) ip, sum(g) g from hours
                """)
            .first();
    System.out.println(row.json());
    spark.stop();
  }
}
