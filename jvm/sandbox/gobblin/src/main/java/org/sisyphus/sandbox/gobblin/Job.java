package org.sisyphus.sandbox.gobblin;

import gobblin.runtime.local.CliLocalJobLauncher;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * One run of a Gobblin job: `Job job.properties [-Dname=value …]`. A run's id has the time of the sandbox's calendar, by which names of its
 * files are made.
 */
public final class Job {
  public static void main(String[] arguments) throws Exception {
    Properties job = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(arguments[0]))) {
      job.load(reader);
    }
    for (int i = 1; i < arguments.length; i++) {
      String setting = arguments[i];
      int equals = setting.indexOf('=');
      if (!setting.startsWith("-D") || equals < 0)
        throw new IllegalArgumentException("a setting is written -Dname=value, given " + setting);
      job.setProperty(setting.substring(2, equals), setting.substring(equals + 1));
    }
    long offset = Long.parseLong(Files.readString(Path.of(job.getProperty("sandbox.clock.file"))).trim());
    job.setProperty("job.id", "job_" + job.getProperty("job.name") + "_" + (System.currentTimeMillis() + offset));
    Path folder = Files.createTempDirectory("gobblin");
    Path system = Files.createFile(folder.resolve("system.properties"));
    Path file = folder.resolve("job.properties");
    try (Writer writer = Files.newBufferedWriter(file)) {
      job.store(writer, null);
    }
    CliLocalJobLauncher.main(new String[] {"-sysconfig", system.toString(), "-jobconfig", file.toString()});
  }
}
