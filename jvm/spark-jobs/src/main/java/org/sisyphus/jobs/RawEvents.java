package org.sisyphus.jobs;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.util.LineReader;
import org.apache.spark.sql.Row;
import org.xerial.snappy.Snappy;

/**
 * The events of a raw file: of a SequenceFile, or of lines, plain or compressed, as importers/raw-lines.ts reads them. Of what that reads this
 * reads only what cannot be read in two ways: it ends with an exception otherwise, and the worker reads the hour instead.
 */
final class RawEvents implements HourFile.Marks {
  private static final byte[] LINE_BREAK = {'\n'};
  /** Codecs that the worker reads as well. */
  private static final Set<String> CODECS = Set.of("DefaultCodec", "DeflateCodec", "GzipCodec", "SnappyCodec");

  private interface Lines {
    /** @return whether there was another one */
    boolean next(Text line) throws IOException;

    void close() throws IOException;
  }

  private final int hour;
  private final Lines lines;
  private final Text line = new Text();
  private long count = 0;
  private boolean hasEnded = false;

  RawEvents(int hour, FileSystem hdfs, FileStatus file, Configuration hadoop) throws IOException {
    this.hour = hour;
    lines = file.getLen() == 0 ? NONE : isSequenceFile(hdfs, file) ? records(file, hadoop) : linesOf(hdfs, file);
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

  private static byte[] headOf(FileSystem hdfs, FileStatus file) throws IOException {
    try (InputStream in = hdfs.open(file.getPath())) {
      return in.readNBytes(3);
    }
  }

  private static boolean isSequenceFile(FileSystem hdfs, FileStatus file) throws IOException {
    return new String(headOf(hdfs, file), StandardCharsets.ISO_8859_1).equals("SEQ");
  }

  private static Lines records(FileStatus file, Configuration hadoop) throws IOException {
    SequenceFile.Reader reader = new SequenceFile.Reader(hadoop, SequenceFile.Reader.file(file.getPath()));
    boolean isKnown =
        reader.getKeyClass() == LongWritable.class
            && reader.getValueClass() == Text.class
            && (!reader.isCompressed() || CODECS.contains(reader.getCompressionCodec().getClass().getSimpleName()));
    if (!isKnown) {
      reader.close();
      throw new IOException("it has other keys, values or compression than an importer gives it");
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

  private static Lines linesOf(FileSystem hdfs, FileStatus file) throws IOException {
    String name = file.getPath().getName();
    byte[] head = headOf(hdfs, file);
    boolean isGzip = name.endsWith(".gz") || (head.length > 1 && head[0] == 0x1f && (head[1] & 0xff) == 0x8b);
    InputStream bytes = new BufferedInputStream(hdfs.open(file.getPath()), 1 << 20);
    InputStream text =
        isGzip
            ? new GZIPInputStream(bytes, 1 << 16)
            : name.endsWith(".deflate")
                ? new InflaterInputStream(bytes)
                : name.endsWith(".snappy") ? new SnappyBlocks(bytes) : bytes;
    LineReader reader = new LineReader(text, 1 << 16, LINE_BREAK);
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
  }

  @Override
  public Row next() throws IOException {
    while (!hasEnded && lines.next(line)) {
      if (line.getLength() == 0) continue;
      count++;
      return Mark.ofRawEvent(hour, Capsule.uuidOf(Text.decode(line.getBytes(), 0, line.getLength(), false)));
    }
    if (hasEnded) return null;
    hasEnded = true;
    return Mark.ofFile(hour, 0, count);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  /**
   * Hadoop's block framing of Snappy, as formats/hadoop/compressed-text.ts reads it: Hadoop's own reader takes the end of a file within a length
   * for an end of its content.
   */
  private static final class SnappyBlocks extends InputStream {
    private final DataInputStream in;
    private byte[] chunk = new byte[0];
    private int at = 0;
    private int left = 0;

    SnappyBlocks(InputStream in) {
      this.in = new DataInputStream(in);
    }

    private boolean fill() throws IOException {
      while (at == chunk.length) {
        if (left == 0) {
          int first = in.read();
          if (first < 0) return false;
          left = (first << 24) | (in.readUnsignedByte() << 16) | in.readUnsignedShort();
          if (left < 0) throw new IOException("a block of a negative length");
          continue;
        }
        int length = in.readInt();
        if (length < 0 || length > 64 << 20) throw new IOException("a block of a length that cannot be");
        byte[] stored = in.readNBytes(length);
        if (stored.length < length) throw new EOFException();
        // A damaged length must not ask for more memory than there is.
        if (Snappy.uncompressedLength(stored) > left) throw new IOException("a block of another length than it says");
        chunk = Snappy.uncompress(stored);
        at = 0;
        left -= chunk.length;
        if (chunk.length == 0 || left < 0) throw new IOException("a block of another length than it says");
      }
      return true;
    }

    @Override
    public int read() throws IOException {
      return fill() ? chunk[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (!fill()) return -1;
      int count = Math.min(length, chunk.length - at);
      System.arraycopy(chunk, at, to, offset, count);
      at += count;
      return count;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
