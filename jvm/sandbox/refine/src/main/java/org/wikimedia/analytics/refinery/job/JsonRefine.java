package org.wikimedia.analytics.refinery.job;

import org.wikimedia.analytics.refinery.job.refine.JsonRefineMain;

/** The json_refine wrapper's job of 0.0.58: neither deduplicates nor geocodes, and misspells its failure flag. */
public final class JsonRefine {
  private JsonRefine() {}

  public static void main(String[] args) throws Exception {
    JsonRefineMain.run(args);
  }
}
