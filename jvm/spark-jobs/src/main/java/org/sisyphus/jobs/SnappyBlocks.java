package org.sisyphus.jobs;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.xerial.snappy.Snappy;

/**
 * Hadoop's block framing of Snappy, as formats/hadoop/compressed-text.ts reads it: Hadoop's own reader takes the end of a file within a length for
 * an end of its content.
 */
final class SnappyBlocks extends InputStream {
  /** Hadoop's buffers are of 256 KB; longer lengths than this are taken for damage. */
  private static final int MAX_CHUNK_BYTES = 64 << 20;

  private final DataInputStream in;
  private byte[] chunk = new byte[0];
  private int at = 0;
  /** Bytes of the block that are still to come. */
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
        if (left < 0 || left > MAX_CHUNK_BYTES) throw new NotCounted("a block of a length that cannot be");
        continue;
      }
      int length = in.readInt();
      if (length < 0 || length > MAX_CHUNK_BYTES) throw new NotCounted("a chunk of a length that cannot be");
      byte[] stored = in.readNBytes(length);
      if (stored.length < length) throw new EOFException();
      // A damaged length must not ask for more memory than there is.
      if (Snappy.uncompressedLength(stored) > left) throw new NotCounted("a block of another length than it says");
      chunk = Snappy.uncompress(stored);
      at = 0;
      left -= chunk.length;
      if (chunk.length == 0) throw new NotCounted("a block of another length than it says");
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
