package org.sisyphus.jobs;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.InflaterInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.compress.GzipCodec;
import org.apache.hadoop.util.LineReader;
import org.apache.spark.sql.Row;

/**
 * The events of a raw file: of a SequenceFile, or of lines, plain or compressed, as importers/raw-lines.ts reads them. Of what that reads this
 * reads only what cannot be read in two ways: it ends with an exception otherwise, and the worker reads the hour instead.
 */
final class RawEvents implements HourFile.Marks {
  private static final byte[] LINE_BREAK = {'\n'};
  /** Codecs of SequenceFiles that the worker reads as well. */
  private static final Set<String> CODECS = Set.of("DefaultCodec", "DeflateCodec", "GzipCodec", "SnappyCodec");
  /** Names under which the worker takes no file for text, whatever is in it (formats/hadoop/compressed-text.ts). */
  private static final Pattern NO_TEXT = Pattern.compile(".*\\.(avro|parquet|orc|bz2|zstd?|lz4|lzo|lzo_deflate)");

  private interface Lines {
    /** @return whether there was another one */
    boolean next(Text line) throws IOException;

    void close() throws IOException;
  }

  private static final Lines NONE =
      new Lines() {
        @Override
        public boolean next(Text line) {
          return false;
        }

        @Override
        public void close() {}
      };

  private final int no;
  private final EventParts parts;
  /** How many events the file's name tells. */
  private final long records;
  private final Lines lines;
  private final Text line = new Text();
  private long count = 0;
  private boolean hasEnded = false;

  RawEvents(int no, FileSystem hdfs, FileStatus file, long records, EventParts parts, Configuration hadoop) throws IOException {
    this.no = no;
    this.parts = parts;
    this.records = records;
    String head = headOf(hdfs, file);
    lines = head.isEmpty() ? NONE : head.startsWith("SEQ") ? recordsOf(head, file, hadoop) : linesOf(hdfs, file, head, hadoop);
  }

  private static String headOf(FileSystem hdfs, FileStatus file) throws IOException {
    try (InputStream in = hdfs.open(file.getPath())) {
      return new String(in.readNBytes(4), StandardCharsets.ISO_8859_1);
    }
  }

  private static Lines recordsOf(String head, FileStatus file, Configuration hadoop) throws IOException {
    if (head.length() < 4 || head.charAt(3) < 4) throw new NotCounted("it is of an old version");
    SequenceFile.Reader reader = new SequenceFile.Reader(hadoop, SequenceFile.Reader.file(file.getPath()));
    boolean isKnown =
        reader.getKeyClassName().equals(LongWritable.class.getName())
            && reader.getValueClassName().equals(Text.class.getName())
            && (!reader.isCompressed() || CODECS.contains(reader.getCompressionCodec().getClass().getSimpleName()));
    if (!isKnown) {
      HourFile.closeQuietly(reader);
      throw new NotCounted("it has other keys, values or compression than an importer gives it");
    }
    LongWritable time = new LongWritable();
    return new Lines() {
      @Override
      public boolean next(Text line) throws IOException {
        return reader.next(time, line);
      }

      @Override
      public void close() throws IOException {
        reader.close();
      }
    };
  }

  private static Lines linesOf(FileSystem hdfs, FileStatus file, String head, Configuration hadoop) throws IOException {
    String name = file.getPath().getName();
    if (NO_TEXT.matcher(name).matches()) throw new NotCounted("its name is that of no text");
    InputStream bytes = new BufferedInputStream(hdfs.open(file.getPath()), 1 << 20);
    try {
      LineReader reader = new LineReader(textOf(bytes, name, head, hadoop), 1 << 16, LINE_BREAK);
      return new Lines() {
        @Override
        public boolean next(Text line) throws IOException {
          return reader.readLine(line) > 0;
        }

        @Override
        public void close() throws IOException {
          reader.close();
        }
      };
    } catch (IOException | RuntimeException e) {
      HourFile.closeQuietly(bytes);
      throw e;
    }
  }

  private static InputStream textOf(InputStream bytes, String name, String head, Configuration hadoop) throws IOException {
    if (name.endsWith(".gz") || head.startsWith("\u001f\u008b")) {
      // Hadoop's reader, and not Java's own, which takes a member that is cut off in its header for an end.
      GzipCodec gzip = new GzipCodec();
      gzip.setConf(hadoop);
      return gzip.createInputStream(bytes);
    }
    if (name.endsWith(".deflate")) return new InflaterInputStream(bytes);
    return name.endsWith(".snappy") ? new SnappyBlocks(bytes) : bytes;
  }

  @Override
  public Row next() throws IOException {
    while (!hasEnded && lines.next(line)) {
      if (line.getLength() == 0) continue;
      count++;
      return Mark.ofEvent(no, parts.uuidOf(Text.decode(line.getBytes(), 0, line.getLength(), false)));
    }
    if (hasEnded) return null;
    hasEnded = true;
    // Hadoop's readers take some kinds of damage for the end of a file.
    if (count != records) throw new NotCounted("it has " + count + " events, and " + records + " by its name");
    return Mark.ofFile(no, 0, count);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
