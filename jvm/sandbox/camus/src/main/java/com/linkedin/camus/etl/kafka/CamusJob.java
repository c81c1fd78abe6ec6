package com.linkedin.camus.etl.kafka;

import com.linkedin.camus.etl.kafka.common.EtlKey;
import com.linkedin.camus.etl.kafka.common.EtlRequest;
import com.linkedin.camus.etl.kafka.common.ExceptionWritable;
import com.linkedin.camus.etl.kafka.mapred.EtlInputFormat;
import com.linkedin.camus.etl.kafka.mapred.EtlMapper;
import java.io.FileInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.compress.DefaultCodec;
import org.apache.hadoop.mapreduce.Counter;
import org.apache.hadoop.mapreduce.CounterGroup;
import org.apache.hadoop.mapreduce.Job;
import org.apache.hadoop.mapreduce.lib.output.NullOutputFormat;
import org.sisyphus.sandbox.Clock;

/**
 * The sandbox's importer: Camus' driver contract (directories, offsets, log lines, the way it fails) on a current
 * Kafka client. Usage: CamusJob -P camus.properties [-Dname=value ...] [--check]
 */
public final class CamusJob {
  private static final String LOGGER = "kafka.CamusJob";

  private CamusJob() {}

  public static void main(String[] args) throws Exception {
    Configuration conf = new Configuration();
    boolean check = false;
    List<String> overrides = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("-P")) {
        Properties properties = new Properties();
        try (FileInputStream in = new FileInputStream(args[++i])) {
          properties.load(in);
        }
        properties.stringPropertyNames().forEach(name -> conf.set(name, properties.getProperty(name)));
      } else if (args[i].startsWith("-D")) {
        overrides.add(args[i].substring(2));
      } else if (args[i].equals("--check")) {
        check = true;
      } else {
        System.err.println("unknown argument " + args[i] + "; usage: CamusJob -P FILE [-Dname=value ...] [--check]");
        System.exit(2);
      }
    }
    for (String override : overrides) {
      int eq = override.indexOf('=');
      conf.set(override.substring(0, eq), override.substring(eq + 1));
    }
    try {
      run(conf, check);
    } catch (RuntimeException e) {
      System.out.println("Exception in thread \"main\" " + e);
      System.exit(1);
    }
  }

  private static void run(Configuration conf, boolean check) throws Exception {
    Clock clock = new Clock(conf.get("sandbox.clock.file"));
    Path base = new Path(conf.get("etl.execution.base.path"));
    Path history = new Path(conf.get("etl.execution.history.path"));
    FileSystem fs = base.getFileSystem(conf);
    fs.mkdirs(history);
    // What lies beside the history is left alone: a run that died, or one that goes on.
    Path execution = Executions.create(fs, base, history, clock);
    clock.log("INFO", LOGGER, "New execution temp location: " + execution);
    Path previous = Executions.newest(fs, history);
    if (previous == null) {
      System.out.println("No previous execution, all topics pulled from earliest available offset");
    } else {
      System.out.println("Previous execution: " + previous);
    }

    Planner planner = new Planner(conf, clock, fs);
    Planner.Plan plan = planner.plan(previous, execution);

    conf.set("camus.exec.dir", execution.toString());
    conf.setLong("camus.now", clock.now());
    EtlInputFormat.store(conf, plan.requests());
    Job job = Job.getInstance(conf, conf.get("camus.job.name", "Camus Job"));
    job.setJarByClass(CamusJob.class);
    job.setInputFormatClass(EtlInputFormat.class);
    job.setMapperClass(EtlMapper.class);
    job.setOutputFormatClass(NullOutputFormat.class);
    job.setNumReduceTasks(0);
    job.setSpeculativeExecution(false);
    job.submit();
    clock.log("INFO", LOGGER, "Submitted application " + job.getJobID().toString().replace("job_", "application_"));
    boolean succeeded = job.waitForCompletion(false);
    if (!succeeded) {
      throw new RuntimeException("hadoop job failed");
    }
    for (CounterGroup group : job.getCounters()) {
      System.out.println("Group: " + group.getDisplayName());
      for (Counter counter : group) {
        System.out.println(counter.getDisplayName() + ":\t" + counter.getValue());
      }
    }
    fs.create(new Path(execution, "_SUCCESS"), true).close();
    fs.delete(new Path(execution, "_work"), true);
    Path done = new Path(history, execution.getName());
    System.out.println("Moving execution to history : " + done);
    if (!fs.rename(execution, done)) {
      throw new RuntimeException("cannot move " + execution + " to " + done);
    }
    System.out.println("Job finished");
    printErrors(conf, fs, done);
    if (check) {
      new PartitionChecker(conf, fs, clock).check(done);
    }
    if (plan.outOfRange() && conf.getBoolean("etl.fail.on.offset.outofrange", true)) {
      throw new RuntimeException("Some topics skipped due to offsets from Kafka metadata out of range.");
    }
  }

  private static void printErrors(Configuration conf, FileSystem fs, Path run) throws Exception {
    FileStatus[] files = fs.listStatus(run, p -> p.getName().startsWith("errors-m-"));
    Arrays.sort(files);
    for (FileStatus file : files) {
      try (SequenceFile.Reader reader = new SequenceFile.Reader(conf, SequenceFile.Reader.file(file.getPath()))) {
        EtlKey key = new EtlKey();
        ExceptionWritable value = new ExceptionWritable();
        boolean first = true;
        while (reader.next(key, value)) {
          if (first) {
            System.err.println("Errors from file [" + file.getPath() + "]");
            first = false;
          }
          System.err.println("Error for EtlKey [" + key + "]: " + value);
        }
      }
    }
  }

  /** Opens a SequenceFile as Camus does: value-compressed with DefaultCodec. */
  public static SequenceFile.Writer writer(Configuration conf, Path path, Class<?> key, Class<?> value) throws Exception {
    DefaultCodec codec = new DefaultCodec();
    codec.setConf(conf);
    return SequenceFile.createWriter(conf, SequenceFile.Writer.file(path), SequenceFile.Writer.keyClass(key),
        SequenceFile.Writer.valueClass(value), SequenceFile.Writer.compression(SequenceFile.CompressionType.RECORD, codec));
  }

  static void writeKeys(Configuration conf, Path path, Iterable<EtlKey> keys) throws Exception {
    try (SequenceFile.Writer out = writer(conf, path, EtlKey.class, NullWritable.class)) {
      for (EtlKey key : keys) {
        out.append(key, NullWritable.get());
      }
    }
  }

  static void writeRequests(Configuration conf, Path path, Iterable<EtlRequest> requests) throws Exception {
    try (SequenceFile.Writer out = writer(conf, path, EtlRequest.class, NullWritable.class)) {
      for (EtlRequest request : requests) {
        out.append(request, NullWritable.get());
      }
    }
  }
}
