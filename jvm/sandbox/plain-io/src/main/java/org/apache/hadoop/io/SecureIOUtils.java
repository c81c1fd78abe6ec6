package org.apache.hadoop.io;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Stands before Hadoop's class of this name in the secured sandbox's NodeManager. Hadoop's own needs its native library
 * once Kerberos is on, to see whose a file is; here all files are of one account.
 */
public class SecureIOUtils {
  public static class AlreadyExistsException extends IOException {
    public AlreadyExistsException(String message) {
      super(message);
    }

    public AlreadyExistsException(Throwable cause) {
      super(cause);
    }
  }

  private static FileSystem raw() throws IOException {
    return FileSystem.getLocal(new Configuration()).getRaw();
  }

  public static RandomAccessFile openForRandomRead(File file, String mode, String owner, String group)
      throws IOException {
    return new RandomAccessFile(file, mode);
  }

  public static FSDataInputStream openFSDataInputStream(File file, String owner, String group) throws IOException {
    return raw().open(new Path(file.getAbsolutePath()));
  }

  public static FileInputStream openForRead(File file, String owner, String group) throws IOException {
    return new FileInputStream(file);
  }

  public static FileOutputStream createForWrite(File file, int permissions) throws IOException {
    if (!file.createNewFile()) throw new AlreadyExistsException("File " + file + " already exists");
    FileOutputStream out = new FileOutputStream(file);
    raw().setPermission(new Path(file.getAbsolutePath()), new FsPermission((short) permissions));
    return out;
  }
}
