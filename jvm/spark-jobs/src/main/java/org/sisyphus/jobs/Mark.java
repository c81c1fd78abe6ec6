package org.sisyphus.jobs;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What is known of an event of a topic-hour from one place: a row of the table, a record of a raw file, a replayed event. CountRows adds them up
 * by hour and uuid. Marks with an empty uuid are about the hour itself.
 */
final class Mark {
  private Mark() {}

  /** Sums of these columns make the counts of an hour. */
  static final List<String> NUMBERS =
      List.of("rows", "raw", "replayed", "ip", "geocoded", "rowsTold", "rawTold", "unread");

  static final StructType SCHEMA = schema();

  private static StructType schema() {
    StructType schema =
        new StructType(
            new StructField[] {
              DataTypes.createStructField("hour", DataTypes.IntegerType, false),
              DataTypes.createStructField("uuid", DataTypes.StringType, false)
            });
    for (String name : NUMBERS) schema = schema.add(name, DataTypes.LongType, false);
    return schema;
  }

  private static Row of(int hour, String uuid, long... numbers) {
    Object[] values = new Object[2 + NUMBERS.size()];
    values[0] = hour;
    values[1] = uuid;
    for (int i = 0; i < NUMBERS.size(); i++) values[2 + i] = i < numbers.length ? numbers[i] : 0L;
    return RowFactory.create(values);
  }

  /** That an hour is to be counted, whatever it holds. */
  static Row ofHour(int hour) {
    return of(hour, "");
  }

  static Row ofRow(int hour, String uuid, boolean hasIp, boolean isGeocoded) {
    return of(hour, uuid, 1, 0, 0, hasIp ? 1 : 0, isGeocoded ? 1 : 0);
  }

  static Row ofRawEvent(int hour, String uuid) {
    return of(hour, uuid, 0, 1);
  }

  static Row ofReplayed(int hour, String uuid) {
    return of(hour, uuid, 0, 0, 1);
  }

  /** How many rows or events a file has given, told once it was read to its end. */
  static Row ofFile(int hour, long rows, long events) {
    return of(hour, "", 0, 0, 0, 0, 0, rows, events);
  }

  /** That a file could not be read as it was expected, so that its hour is not counted here. */
  static Row ofUnread(int hour) {
    return of(hour, "", 0, 0, 0, 0, 0, 0, 0, 1);
  }
}
