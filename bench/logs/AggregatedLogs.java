import java.io.BufferedWriter;
import java.io.File;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.logaggregation.AggregatedLogFormat.LogKey;
import org.apache.hadoop.yarn.logaggregation.AggregatedLogFormat.LogValue;
import org.apache.hadoop.yarn.logaggregation.AggregatedLogFormat.LogWriter;

/**
 * Aggregates logs of an application that never ran, with the NodeManager's own writer: two node files of four containers each, lines as
 * Spark's executors write them, and a status line of Refine for another partition every 2,000 lines.
 *
 *   java -cp … AggregatedLogs.java <none|gz> <MB of text> <application id> <HDFS directory> <folder for work> <owner>
 */
public class AggregatedLogs {
  private static final int NODES = 2;
  private static final int CONTAINERS = 4;
  private static final int LINES_PER_STATUS = 2000;
  private static final Random RANDOM = new Random(7);
  private static int statuses = 0;

  public static void main(String[] args) throws Exception {
    long bytes = Long.parseLong(args[1]) << 20;
    ApplicationId application = ApplicationId.fromString(args[2]);
    File work = new File(args[4], application.toString());
    Configuration conf = new YarnConfiguration();
    conf.set("yarn.nodemanager.log-aggregation.compression-type", args[0]);
    for (int node = 0; node < NODES; node++) {
      LogWriter writer = new LogWriter();
      Path file = new Path(args[3], "127.0.0.1_" + (18000 + node));
      writer.initialize(conf, file, UserGroupInformation.getCurrentUser());
      writer.writeApplicationOwner(args[5]);
      writer.writeApplicationACLs(new HashMap<>());
      for (int i = 1; i <= CONTAINERS; i++) {
        ContainerId container = ContainerId.newContainerId(ApplicationAttemptId.newInstance(application, 1), node * CONTAINERS + i);
        File folder = new File(work, container.toString());
        folder.mkdirs();
        File log = new File(folder, "stderr");
        writeLog(log, bytes / NODES / CONTAINERS);
        writer.append(new LogKey(container), new LogValue(List.of(args[4]), container, args[5]));
        log.delete();
      }
      writer.close();
    }
    System.out.println(statuses);
  }

  private static void writeLog(File log, long bytes) throws Exception {
    long written = 0;
    try (BufferedWriter out = Files.newBufferedWriter(log.toPath())) {
      for (int i = 0; written < bytes; i++) {
        String line = time() + (i % LINES_PER_STATUS == 0 ? status() : message());
        out.write(line);
        out.write('\n');
        written += line.length() + 1;
      }
    }
  }

  private static String time() {
    return String.format("18/07/06 %02d:%02d:%02d INFO ", RANDOM.nextInt(24), RANDOM.nextInt(60), RANDOM.nextInt(60));
  }

  private static String status() {
    int table = statuses / 24;
    int hour = statuses++ % 24;
    return String.format(
        "Refine: Finished refinement of dataset hdfs://analytics-hadoop/wmf/data/raw/eventlogging/eventlogging_Table%d/hourly/2018/07/05/%02d -> `event`.`table%d` (year=2018,month=7,day=5,hour=%d). (# refined records: %d)",
        table, hour, table, hour, RANDOM.nextInt(10000));
  }

  private static String message() {
    return String.format(
        "%s: Running task %d.0 in stage %d.0 (TID %d) on executor %d with %d bytes result sent to driver",
        RANDOM.nextBoolean() ? "Executor" : "TaskSetManager",
        RANDOM.nextInt(2000), RANDOM.nextInt(500), RANDOM.nextInt(1 << 20), RANDOM.nextInt(64), RANDOM.nextInt(1 << 16));
  }
}
