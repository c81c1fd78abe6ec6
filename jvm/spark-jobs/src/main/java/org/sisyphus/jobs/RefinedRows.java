package org.sisyphus.jobs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.io.Text;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.Row;

/**
 * The rows of a Parquet file of a table: their uuid, and whether they have an ip and are geocoded. Rows without a uuid count as rows of one
 * event, as in activities/backfill/verify/row-counts.ts.
 */
final class RefinedRows implements HourFile.Marks {
  private static final String GEOCODED = "geocoded_data";

  private final int no;
  private final long rowsTold;
  /** Those columns that the file has, each as the names that lead to it. */
  private final List<List<String>> uuids;
  private final List<List<String>> ips;
  private final boolean hasGeocoded;
  private final ParquetReader<Group> rows;
  private long count = 0;
  private boolean hasEnded = false;

  RefinedRows(int no, FileSystem hdfs, FileStatus file, EventParts parts, Configuration hadoop) throws IOException {
    this.no = no;
    checkHead(hdfs, file);
    Configuration conf = new Configuration(hadoop);
    conf.setBoolean("parquet.page.verify-checksum.enabled", true);
    MessageType schema;
    try (ParquetFileReader footer = ParquetFileReader.open(HadoopInputFile.fromStatus(file, conf))) {
      schema = footer.getFileMetaData().getSchema();
      rowsTold = footer.getRecordCount();
      checkPlaces(footer, file.getLen());
    }
    Set<String> wanted = new HashSet<>(Set.of(GEOCODED));
    for (List<List<String>> paths : List.of(parts.uuidColumns, parts.ipColumns))
      for (List<String> path : paths) wanted.add(path.get(0));
    List<Type> columns = new ArrayList<>();
    for (Type column : schema.getFields()) {
      String name = column.getName();
      if (wanted.contains(name)) columns.add(column);
      // Some readers take it for the column of that name, and others do not.
      else if (wanted.contains(name.toLowerCase(Locale.ROOT))) throw new NotCounted("a column is written otherwise");
    }
    for (Type column : columns)
      if (column.isRepetition(Type.Repetition.REPEATED)) throw new NotCounted("a column is a list");
    uuids = thereOf(schema, parts.uuidColumns);
    ips = thereOf(schema, parts.ipColumns);
    hasGeocoded = schema.containsField(GEOCODED);
    for (List<String> path : uuids)
      if (!isText(schema.getType(path.toArray(new String[0])))) throw new NotCounted("its identities are no texts");
    // Without any of the columns there is nothing to read but the number of rows.
    if (columns.isEmpty()) {
      rows = null;
      return;
    }
    conf.set(ReadSupport.PARQUET_READ_SCHEMA, new MessageType(schema.getName(), columns).toString());
    rows = ParquetReader.builder(new GroupReadSupport(), file.getPath()).withConf(conf).build();
  }

  private static void checkHead(FileSystem hdfs, FileStatus file) throws IOException {
    byte[] head = new byte[4];
    try (FSDataInputStream in = hdfs.open(file.getPath())) {
      in.readFully(0, head);
    }
    if (!new String(head, StandardCharsets.ISO_8859_1).equals("PAR1")) throw new NotCounted("it does not begin as Parquet");
  }

  /** A damaged footer must not ask for more memory than there is. */
  private static void checkPlaces(ParquetFileReader footer, long length) throws IOException {
    for (BlockMetaData block : footer.getRowGroups())
      for (ColumnChunkMetaData column : block.getColumns()) {
        long start = column.getStartingPos();
        if (start < 4 || column.getTotalSize() < 0 || column.getTotalSize() > length - start)
          throw new NotCounted("a column lies outside of it");
      }
  }

  private static boolean isText(Type type) {
    return type.isPrimitive()
        && type.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY
        && (type.getLogicalTypeAnnotation() == null
            || type.getLogicalTypeAnnotation() instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation);
  }

  @Override
  public Row next() throws IOException {
    if (hasEnded) return null;
    if (rows == null && count < rowsTold) {
      count++;
      return Mark.ofRow(no, "undefined", false, false);
    }
    Group row = rows == null ? null : rows.read();
    if (row != null) {
      count++;
      boolean ip = ips.stream().anyMatch(path -> groupOf(row, path) != null);
      return Mark.ofRow(no, uuidOf(row), ip, ip && hasGeocoded && row.getFieldRepetitionCount(GEOCODED) > 0);
    }
    hasEnded = true;
    if (count != rowsTold) throw new NotCounted("it has another number of rows than it says");
    return Mark.ofFile(no, count, 0);
  }

  private String uuidOf(Group row) throws IOException {
    if (uuids.isEmpty()) return "undefined";
    for (List<String> path : uuids) {
      Group group = groupOf(row, path);
      if (group != null) return Text.decode(group.getBinary(path.get(path.size() - 1), 0).getBytes());
    }
    return "null";
  }

  /** The group of a row that has a value in the field to which names lead; null where none has. */
  private static Group groupOf(Group row, List<String> path) {
    Group at = row;
    for (String name : path.subList(0, path.size() - 1)) {
      if (at.getFieldRepetitionCount(name) == 0) return null;
      at = at.getGroup(name, 0);
    }
    return at.getFieldRepetitionCount(path.get(path.size() - 1)) > 0 ? at : null;
  }

  /** Those of some paths that a schema has. */
  private static List<List<String>> thereOf(MessageType schema, List<List<String>> paths) throws NotCounted {
    List<List<String>> there = new ArrayList<>();
    for (List<String> path : paths) if (has(schema, path)) there.add(path);
    return there;
  }

  private static boolean has(GroupType group, List<String> path) throws NotCounted {
    String name = path.get(0);
    for (Type field : group.getFields())
      if (!field.getName().equals(name) && field.getName().toLowerCase(Locale.ROOT).equals(name))
        throw new NotCounted("a field is written otherwise");
    if (!group.containsField(name)) return false;
    Type field = group.getType(name);
    if (field.isRepetition(Type.Repetition.REPEATED)) throw new NotCounted("a field is a list");
    return path.size() == 1 || (!field.isPrimitive() && has(field.asGroupType(), path.subList(1, path.size())));
  }

  @Override
  public void close() throws IOException {
    if (rows != null) rows.close();
  }
}
