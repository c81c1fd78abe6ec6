package com.linkedin.camus.etl.kafka.mapred;

import com.linkedin.camus.etl.kafka.common.EtlRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Writable;
import org.apache.hadoop.mapreduce.InputFormat;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;

/** Deals a run's requests to `mapred.map.tasks` splits, the largest first, each to the lightest split. */
public final class EtlInputFormat extends InputFormat<EtlRequest, NullWritable> {
  private static final String REQUESTS = "camus.requests";

  public static void store(Configuration conf, List<EtlRequest> requests) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(requests.size());
      for (EtlRequest request : requests) {
        request.write(out);
      }
    }
    conf.set(REQUESTS, Base64.getEncoder().encodeToString(bytes.toByteArray()));
  }

  @Override
  public List<InputSplit> getSplits(JobContext context) throws IOException {
    List<EtlRequest> requests = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(
        new ByteArrayInputStream(Base64.getDecoder().decode(context.getConfiguration().get(REQUESTS))))) {
      for (int left = in.readInt(); left > 0; left--) {
        EtlRequest request = new EtlRequest();
        request.readFields(in);
        requests.add(request);
      }
    }
    requests.sort(Comparator.comparingLong(r -> r.offset - r.latestOffset));
    List<EtlSplit> splits = new ArrayList<>();
    for (int i = context.getConfiguration().getInt("mapred.map.tasks", 1); i > 0; i--) {
      splits.add(new EtlSplit());
    }
    for (EtlRequest request : requests) {
      splits.stream().min(Comparator.comparingLong(EtlSplit::getLength)).orElseThrow().requests.add(request);
    }
    splits.removeIf(split -> split.requests.isEmpty());
    return new ArrayList<>(splits);
  }

  @Override
  public RecordReader<EtlRequest, NullWritable> createRecordReader(InputSplit split, TaskAttemptContext context) {
    return new RequestReader();
  }

  /** Some of a run's requests. */
  public static final class EtlSplit extends InputSplit implements Writable {
    final List<EtlRequest> requests = new ArrayList<>();

    @Override
    public long getLength() {
      return requests.stream().mapToLong(r -> Math.max(1, r.latestOffset - r.offset)).sum();
    }

    @Override
    public String[] getLocations() {
      return new String[0];
    }

    @Override
    public void write(DataOutput out) throws IOException {
      out.writeInt(requests.size());
      for (EtlRequest request : requests) {
        request.write(out);
      }
    }

    @Override
    public void readFields(DataInput in) throws IOException {
      for (int left = in.readInt(); left > 0; left--) {
        EtlRequest request = new EtlRequest();
        request.readFields(in);
        requests.add(request);
      }
    }
  }

  private static final class RequestReader extends RecordReader<EtlRequest, NullWritable> {
    private List<EtlRequest> requests;
    private int at = -1;

    @Override
    public void initialize(InputSplit split, TaskAttemptContext context) {
      requests = ((EtlSplit) split).requests;
    }

    @Override
    public boolean nextKeyValue() {
      return ++at < requests.size();
    }

    @Override
    public EtlRequest getCurrentKey() {
      return requests.get(at);
    }

    @Override
    public NullWritable getCurrentValue() {
      return NullWritable.get();
    }

    @Override
    public float getProgress() {
      return (float) Math.max(0, at) / requests.size();
    }

    @Override
    public void close() {}
  }
}
