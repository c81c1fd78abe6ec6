package org.wikimedia.analytics.refinery.job.refine;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Merging of what a table has with what new data shows; field names compare without case. */
final class Schemas {
  private Schemas() {}

  static String column(String field) {
    return field.toLowerCase().replace('-', '_');
  }

  static StructType merge(StructType known, StructType seen) {
    Map<String, StructField> fields = new LinkedHashMap<>();
    for (StructField field : known.fields()) {
      fields.put(column(field.name()), field);
    }
    for (StructField field : seen.fields()) {
      fields.merge(column(field.name()), field, (a, b) -> new StructField(b.name(), merge(a.dataType(), b.dataType()), true, a.metadata()));
    }
    return new StructType(fields.values().toArray(new StructField[0]));
  }

  private static DataType merge(DataType known, DataType seen) {
    return known instanceof StructType a && seen instanceof StructType b ? merge(a, b) : known;
  }
}
