package org.sisyphus.sandbox.broker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;

/**
 * The broker's clock: wall time shifted by the offset (milliseconds, decimal text) in a file that only
 * the sandbox writes. The broker tells the offset that it goes by in a file of the same name with `.seen` behind it. Only the calendar is shifted; nanoseconds, sleeps and waits stay real, so timers run
 * at their normal pace while LogAppendTime and retention live in 2018.
 */
final class SimulatedTime implements Time {
  private static final long POLL_MS = 50;
  private final Path file;
  private volatile long offsetMs;
  private long toldMs = Long.MIN_VALUE;

  SimulatedTime(Path file) throws Exception {
    this.file = file;
    goBy(read());
    Thread watcher = new Thread(this::watch, "simulated-clock");
    watcher.setDaemon(true);
    watcher.start();
  }

  private long read() throws Exception {
    return Long.parseLong(Files.readString(file).trim());
  }

  private void goBy(long offset) throws Exception {
    offsetMs = offset;
    Path next = file.resolveSibling(file.getFileName() + ".seen.next");
    Files.writeString(next, Long.toString(offset));
    Files.move(next, file.resolveSibling(file.getFileName() + ".seen"), StandardCopyOption.REPLACE_EXISTING);
    toldMs = offset;
  }

  private void watch() {
    while (true) {
      try {
        Thread.sleep(POLL_MS);
        long offset = read();
        if (offset != toldMs) {
          goBy(offset);
        }
      } catch (InterruptedException e) {
        return;
      } catch (Exception e) {
        // The sandbox replaces the file by rename; a miss is read again at the next turn.
      }
    }
  }

  @Override
  public long milliseconds() {
    return Time.SYSTEM.milliseconds() + offsetMs;
  }

  @Override
  public long nanoseconds() {
    return Time.SYSTEM.nanoseconds();
  }

  @Override
  public void sleep(long ms) {
    Time.SYSTEM.sleep(ms);
  }

  @Override
  public void waitObject(Object obj, Supplier<Boolean> condition, long deadlineMs) throws InterruptedException {
    Time.SYSTEM.waitObject(obj, condition, deadlineMs - offsetMs);
  }
}
