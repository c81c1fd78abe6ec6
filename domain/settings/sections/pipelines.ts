import { z } from "zod";
import { PIPELINE_NAME } from "../task-queues";

const pipelineName = z
  .string()
  .regex(PIPELINE_NAME, "a name of at most 40 small letters, digits, - and _");

/** Sections that belong to the whole file: a worker has one HTTP server, and one folder below which each pipeline has its own. */
const SHARED = ["metrics", "storage", "webUi", "pipelines"];

const pipeline = z
  .looseObject({
    name: pipelineName.describe(
      "What its task queues, workflow ids, schedules and its folder in storage begin with, and what `--pipeline` takes.",
    ),
  })
  .superRefine((given, context) => {
    for (const section of SHARED)
      if (section in given)
        context.addIssue({
          code: "custom",
          path: [section],
          message: "it is shared by all pipelines, and stands outside of them",
        });
  });

export const pipelines = z
  .array(pipeline)
  .min(1)
  .superRefine((given, context) => {
    given.forEach(({ name }, at) => {
      if (given.findIndex((other) => other.name === name) < at)
        context.addIssue({
          code: "custom",
          path: [at, "name"],
          message: `given ${name}, which another pipeline is called already`,
        });
    });
  })
  .optional()
  .describe(
    "Several pipelines of one file. Each has a `name`, and any section but `metrics`, `storage` and `webUi`, which stands in place of the whole section outside; `null` leaves that out. Without it the file is that of one pipeline, without a name.",
  );
