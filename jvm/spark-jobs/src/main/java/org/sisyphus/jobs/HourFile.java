package org.sisyphus.jobs;

import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;

/** A file of a topic-hour, as it was when the hour was listed. */
final class HourFile implements Serializable {
  private static final long serialVersionUID = 1;

  final int no;
  final boolean isRaw;
  final String path;
  final long length;
  final long mtime;
  /** How many records the name of a raw file tells; no number for a data file. */
  final long records;

  HourFile(int no, boolean isRaw, String path, long length, long mtime, long records) {
    this.no = no;
    this.isRaw = isRaw;
    this.path = path;
    this.length = length;
    this.mtime = mtime;
    this.records = records;
  }

  /** What a file gives, a mark after the other. */
  interface Marks extends AutoCloseable {
    /** The next mark, or null behind the last one. */
    Row next() throws IOException;

    @Override
    void close() throws IOException;
  }

  /**
   * The marks of the file. Whatever is not as expected (a file that has changed since it was listed, is damaged, or holds what only the worker's
   * own reader tells exactly) gives a last mark that says so.
   */
  Iterator<Row> marks(EventParts parts, Configuration hadoop) {
    return new Iterator<>() {
      private Marks marks;
      private Row next;
      private boolean hasEnded;

      @Override
      public boolean hasNext() {
        if (next == null && !hasEnded) next = read();
        return next != null;
      }

      @Override
      public Row next() {
        if (!hasNext()) throw new NoSuchElementException();
        Row mark = next;
        next = null;
        return mark;
      }

      private Row read() {
        try {
          if (marks == null) marks = open(parts, hadoop);
          Row mark = marks.next();
          if (mark != null) return mark;
          hasEnded = true;
          marks.close();
          return null;
        } catch (Exception | OutOfMemoryError | StackOverflowError e) {
          // Damaged lengths may ask for more memory than there is.
          hasEnded = true;
          closeQuietly(marks);
          // Others' messages may quote an event. The worker, which reads the hour for itself, names what is wrong.
          String reason = e instanceof NotCounted ? e.getMessage() : e.getClass().getName();
          System.err.println("CountRows: left to the worker: " + path + ": " + reason);
          return Mark.ofLeftOut(no);
        }
      }
    };
  }

  /** Closes what could not be read to its end; its own failure to close says nothing more. */
  static void closeQuietly(AutoCloseable opened) {
    try {
      if (opened != null) opened.close();
    } catch (Exception e) {
      System.err.println("CountRows: not closed: " + e.getClass().getName());
    }
  }

  private Marks open(EventParts parts, Configuration hadoop) throws IOException {
    Path at = new Path(path);
    FileSystem hdfs = at.getFileSystem(hadoop);
    FileStatus now = hdfs.getFileStatus(at);
    if (now.getLen() != length || now.getModificationTime() != mtime)
      throw new NotCounted("it has changed since it was listed");
    return isRaw ? new RawEvents(no, hdfs, now, records, parts, hadoop) : new RefinedRows(no, hdfs, now, parts, hadoop);
  }
}
