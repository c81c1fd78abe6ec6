package org.wikimedia.analytics.refinery.job.refine;

/** The proper job: runs the transform functions it is given (deduplicate_eventlogging, geocode_ip). */
public final class Refine {
  private Refine() {}

  public static void main(String[] args) throws Exception {
    new RefineJob(args, "Refine", "", "_REFINE_FAILED", true).run();
  }
}
