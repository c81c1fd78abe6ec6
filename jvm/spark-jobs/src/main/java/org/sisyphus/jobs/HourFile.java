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

  final int hour;
  final boolean isRaw;
  final String path;
  final long length;
  final long mtime;

  HourFile(int hour, boolean isRaw, String path, long length, long mtime) {
    this.hour = hour;
    this.isRaw = isRaw;
    this.path = path;
    this.length = length;
    this.mtime = mtime;
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
  Iterator<Row> marks(Configuration hadoop) {
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
          if (marks == null) marks = open(hadoop);
          Row mark = marks.next();
          if (mark != null) return mark;
          hasEnded = true;
          marks.close();
          return null;
        } catch (Exception e) {
          hasEnded = true;
          // The reason is not told: it may quote an event. The worker, which reads the hour for itself, names the file.
          System.err.println("CountRows: not counted: " + path + ": " + e.getClass().getName());
          return Mark.ofUnread(hour);
        }
      }
    };
  }

  private Marks open(Configuration hadoop) throws IOException {
    Path at = new Path(path);
    FileSystem hdfs = at.getFileSystem(hadoop);
    FileStatus now = hdfs.getFileStatus(at);
    if (now.getLen() != length || now.getModificationTime() != mtime)
      throw new IOException("it has changed since it was listed");
    return isRaw ? new RawEvents(hour, hdfs, now, hadoop) : new RefinedRows(hour, hdfs, now, hadoop);
  }
}
