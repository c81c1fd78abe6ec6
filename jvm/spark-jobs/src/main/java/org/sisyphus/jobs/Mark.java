package org.sisyphus.jobs;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What is known of an event of a topic-hour from one place: a row of the table, a record of a raw file, a replayed event. CountRows adds marks up
 * by hour and uuid. Marks with an empty uuid are about the hour itself. Columns have the names of formats/counted-hour.ts.
 */
final class Mark {
  /** Sums of these columns make the counts of an hour. */
  static final List<String> NUMBERS =
      List.of("rows", "events", "replayed", "withIp", "geocoded", "rowsTold", "eventsTold", "leftOut");

  static final StructType SCHEMA = schema();

  private static StructType schema() {
    StructType schema =
        new StructType(
            new StructField[] {
              DataTypes.createStructField("no", DataTypes.IntegerType, false),
              DataTypes.createStructField("uuid", DataTypes.StringType, false)
            });
    for (String name : NUMBERS) schema = schema.add(name, DataTypes.LongType, false);
    return schema;
  }

  private final Object[] values = new Object[2 + NUMBERS.size()];

  private Mark(int no, String uuid) {
    values[0] = no;
    values[1] = uuid;
    for (int i = 2; i < values.length; i++) values[i] = 0L;
  }

  private Mark with(String name, long number) {
    values[2 + NUMBERS.indexOf(name)] = number;
    return this;
  }

  private Row row() {
    return RowFactory.create(values);
  }

  /** That an hour is to be counted, whatever it holds. */
  static Row ofHour(int no) {
    return new Mark(no, "").row();
  }

  static Row ofRow(int no, String uuid, boolean withIp, boolean geocoded) {
    return new Mark(no, uuid).with("rows", 1).with("withIp", withIp ? 1 : 0).with("geocoded", geocoded ? 1 : 0).row();
  }

  static Row ofEvent(int no, String uuid) {
    return new Mark(no, uuid).with("events", 1).row();
  }

  static Row ofReplayed(int no, String uuid) {
    return new Mark(no, uuid).with("replayed", 1).row();
  }

  /** How many rows or events a file has given, told once it was read to its end. */
  static Row ofFile(int no, long rows, long events) {
    return new Mark(no, "").with("rowsTold", rows).with("eventsTold", events).row();
  }

  /** That a file is not as it was expected, so that its hour is not counted here. */
  static Row ofLeftOut(int no) {
    return new Mark(no, "").with("leftOut", 1).row();
  }
}
