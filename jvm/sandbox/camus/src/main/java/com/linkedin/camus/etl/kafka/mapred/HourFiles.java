package com.linkedin.camus.etl.kafka.mapred;

import com.linkedin.camus.etl.kafka.common.EtlRequest;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.SequenceFile;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.util.ReflectionUtils;

/** One open SequenceFile per topic-partition and hour; named on commit by what it came to hold. */
final class HourFiles {
  private static final long HOUR = 3_600_000L;
  private static final DateTimeFormatter DIR = DateTimeFormatter.ofPattern("yyyy/MM/dd/HH").withZone(ZoneOffset.UTC);
  private final Configuration conf;
  private final FileSystem fs;
  private final Path work;
  private final String suffix;
  private final Map<String, HourFile> open = new TreeMap<>();

  private static final class HourFile {
    EtlRequest request;
    long hour;
    Path path;
    SequenceFile.Writer out;
    long count;
    long lastOffset;
  }

  HourFiles(Configuration conf, FileSystem fs, Path work, String suffix) {
    this.conf = conf;
    this.fs = fs;
    this.work = work;
    this.suffix = suffix;
  }

  void append(EtlRequest request, long time, String line, long nextOffset) throws IOException {
    long hour = Math.floorDiv(time, HOUR) * HOUR;
    String name = "data." + request.topic.replace('.', '_') + "." + request.leaderId + "." + request.partition + "." + hour + "-" + suffix;
    HourFile file = open.get(name);
    if (file == null) {
      file = new HourFile();
      file.request = request;
      file.hour = hour;
      file.path = new Path(work, name);
      SequenceFile.CompressionType type =
          SequenceFile.CompressionType.valueOf(conf.get("mapreduce.output.fileoutputformat.compress.type", "BLOCK"));
      CompressionCodec codec = (CompressionCodec) ReflectionUtils.newInstance(conf.getClass(
          "mapreduce.output.fileoutputformat.compress.codec", org.apache.hadoop.io.compress.DefaultCodec.class), conf);
      file.out = SequenceFile.createWriter(conf, SequenceFile.Writer.file(file.path), SequenceFile.Writer.keyClass(LongWritable.class),
          SequenceFile.Writer.valueClass(Text.class), SequenceFile.Writer.compression(type, codec));
      open.put(name, file);
    }
    file.out.append(new LongWritable(time), new Text(line + "\n"));
    file.count++;
    file.lastOffset = nextOffset;
  }

  void commit(Path destination) throws IOException {
    for (HourFile file : open.values()) {
      file.out.close();
      String topic = file.request.topic.replace('.', '_');
      Path dir = new Path(destination, topic + "/hourly/" + DIR.format(Instant.ofEpochMilli(file.hour)));
      fs.mkdirs(dir);
      Path target = new Path(dir, topic + "." + file.request.leaderId + "." + file.request.partition + "." + file.count + "."
          + file.lastOffset + "." + file.hour);
      fs.delete(target, false);
      if (!fs.rename(file.path, target)) {
        throw new IOException("cannot move " + file.path + " to " + target);
      }
    }
  }
}
