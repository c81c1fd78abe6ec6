package org.wikimedia.analytics.refinery.job.refine;

/** Opens the package to the retired wrapper's class, whose name lies one package higher. */
public final class JsonRefineMain {
  private JsonRefineMain() {}

  public static void run(String[] args) throws Exception {
    new RefineJob(args, "JsonRefine", "JSON ", "_REFINED_FAILED", false).run();
  }
}
