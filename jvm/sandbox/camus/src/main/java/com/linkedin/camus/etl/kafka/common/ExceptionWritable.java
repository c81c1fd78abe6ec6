package com.linkedin.camus.etl.kafka.common;

import org.apache.hadoop.io.Text;

/** The text (stack trace or message) of an error record. */
public final class ExceptionWritable extends Text {
  public ExceptionWritable() {}

  public ExceptionWritable(String text) {
    super(text);
  }
}
