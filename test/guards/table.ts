// Over 300 lines: one table, read as a whole.
/** A line of the code that keeps something from going wrong, and the test that must fail when it is taken out. */
export type Guard = {
  /** What it keeps from happening: the rest of "without it, …". */
  without: string;
  /** The file that has it. */
  file: string;
  /** The text that stands for it there, exactly once, and what it becomes when the guard is taken out. */
  guard: string;
  taken: string;
  /** The unit test that must fail then. */
  test: string;
};

const backfill = "activities/backfill";
const evidence = "activities/audit/evidence";

/** Every guard against an event twice, a flag lost, a setting left behind, a wrong job, and a loss that looks healthy. */
export const GUARDS: readonly Guard[] = [
  {
    without: "an older attempt commits what a newer one produces again",
    file: `${backfill}/replay.ts`,
    guard: `    const producer = await connectReplayProducer(kafka, id);
    try {
      const names = topics.map(({ topic }) => topic);
      const before = await readBack(kafka, id, names, starts);`,
    taken: `    const names = topics.map(({ topic }) => topic);
    const before = await readBack(kafka, id, names, starts);
    const producer = await connectReplayProducer(kafka, id);
    try {`,
    test: `${backfill}/replay`,
  },
  {
    without: "a second attempt produces what the first one landed",
    file: `${backfill}/replay.ts`,
    guard: "if (!landed.has(own, event.uuid))",
    taken: "if (landed)",
    test: `${backfill}/replay`,
  },
  {
    without: "a batch that is sent again is spread over other partitions",
    file: `${backfill}/replay-producer.ts`,
    guard: "        partition: index % partitions,\n",
    taken: "",
    test: `${backfill}/replay-producer`,
  },
  {
    without: "an attempt that wakes up after the release raises retention",
    file: `${backfill}/hold-retention.ts`,
    guard: "if (releasedBefore || (await isReleased())) {",
    taken: "if (releasedBefore) {",
    test: `${backfill}/hold-retention`,
  },
  {
    without: "a second attempt takes the raised retention for the topic's own",
    file: `${backfill}/hold-retention.ts`,
    guard: `(await storage.read(places.retention)) ??
        (await storage.recordOnce(
          places.retention,
          await shorterRetention(id, input.topics, holdMs),
        ));`,
    taken: "await shorterRetention(id, input.topics, holdMs);",
    test: `${backfill}/hold-retention`,
  },
  {
    without: "the retention that a terminated saga raised stays for ever",
    file: `${backfill}/hold-retention.ts`,
    guard: "if (leftBehind) own[topic] = leftBehind.own;\n      else if",
    taken: "if",
    test: `${backfill}/hold-retention`,
  },
  {
    without: "copies of one hour's file hide that another hour's is gone",
    file: "domain/audit/ledger.ts",
    guard: "Math.max(ends.get(last) ?? 0, count)",
    taken: "(ends.get(last) ?? 0) + count",
    test: "domain/audit/histories",
  },
  {
    without:
      "a program that another host's worker has left behind is run once more beside it",
    file: `${backfill}/drivers.ts`,
    guard: "elsewhere === undefined || quietMs >= graceMs",
    taken: "elsewhere !== undefined || quietMs >= 0",
    test: `${backfill}/drivers`,
  },
  {
    without: "positions are put back while the saga's own run goes on",
    file: `${backfill}/import.ts`,
    guard: `      await waitUntilNoneRuns(tagOf(id, "import"));\n`,
    taken: "",
    test: `${backfill}/import.test`,
  },
  {
    without: "an attempt that wakes up after an abort moves the importer again",
    file: `${backfill}/import.ts`,
    guard:
      "if (ours.length === 0 || (await storage.has(places.importerReleased)))",
    taken: "if (ours.length === 0)",
    test: `${backfill}/import.test`,
  },
  {
    without: "an importer is ended in the middle",
    file: `${backfill}/import.ts`,
    guard: "drivers.run(driver, argv, new AbortController().signal)",
    taken: "drivers.run(driver, argv, cancellationSignal())",
    test: `${backfill}/import.test`,
  },
  {
    without: "an importer is run beside one of somebody else",
    file: `${backfill}/import.ts`,
    guard: "    await waitForOthers();\n    const places",
    taken: "    const places",
    test: `${backfill}/import.test`,
  },
  {
    without:
      "a run of somebody else that ends after the saga's own takes back what that one did",
    file: `${backfill}/import.ts`,
    guard: "    await waitForOthers();\n    const since",
    taken: "    const since",
    test: `${backfill}/import.test`,
  },
  {
    without: "positions are put back beside a run of somebody else",
    file: `${backfill}/import.ts`,
    guard: "      await waitForOthers();\n      const written",
    taken: "      const written",
    test: `${backfill}/import.test`,
  },
  {
    without: "a Refine is submitted beside one that YARN does not show yet",
    file: `${backfill}/submit-refine.ts`,
    guard: "submitter.isSubmitting(config.refine.class)",
    taken: "false",
    test: `${backfill}/submit-refine`,
  },
  {
    without: "rows are verified while a Refine of somebody else still writes",
    file: `${backfill}/await-refine.ts`,
    guard: "for (const other of goingOn) await awaitEnd(yarn, other);",
    taken: "",
    test: `${backfill}/await-refine`,
  },
  {
    without: "runs beside one another forget what the other one did",
    file: "importers/camus-standing.ts",
    guard: "if (furthestOne) together.set(key, furthestOne);",
    taken: "",
    test: "importers/camus-standing",
  },
  {
    without: "an abort takes everybody's positions back",
    file: "importers/camus-standing.ts",
    guard: "...[...now].filter(([, key]) => !isOfTopics(key)),",
    taken: "",
    test: "importers/camus-standing",
  },
  {
    without: "what an abort has taken back counts as imported twice",
    file: "importers/camus-history.ts",
    guard: "return withoutTakenBack(runs);",
    taken: "return runs;",
    test: "importers/camus-standing",
  },
  {
    without: "a flag is moved onto a place that is taken",
    file: "clients/hdfs/hdfs.ts",
    guard: `return this.transport.done("RENAME", from, { destination: to });`,
    taken: `return this.transport.done("RENAME", from, { destination: to, renameoptions: "OVERWRITE" });`,
    test: "clients/hdfs/hdfs.test",
  },
  {
    without: "a flag that Refine has set since is written over",
    file: `${backfill}/clear-flags.ts`,
    guard: "        if (await hdfs.stat(path)) continue;\n",
    taken: "        await hdfs.remove(path);\n",
    test: `${backfill}/clear-flags`,
  },
  {
    without: "a flag that the saga's own Refine has set is taken away",
    file: `${backfill}/flags-set-since.ts`,
    guard: "young.filter(({ mtime }) => mtime < submitted)",
    taken: "young",
    test: `${backfill}/flags-set-since`,
  },
  {
    without: "a record is replaced that others have built on",
    file: "clients/storage.ts",
    guard: "await this.hdfs.create(this.path(place), canonicalJson(value));",
    taken: "await this.hdfs.replace(this.path(place), canonicalJson(value));",
    test: "clients/storage",
  },
  {
    without: "something is changed outside of the allowed prefixes",
    file: "clients/hdfs/hdfs.ts",
    guard: "    if (!allowedPrefixes.some((prefix) => isBelow(path, prefix)))",
    taken: "    if (allowedPrefixes.length < 0)",
    test: "clients/hdfs/hdfs.test",
  },
  {
    without: "another jar than the one that was approved is submitted",
    file: `${backfill}/submit-refine.ts`,
    guard: "            await refuseAnotherJar(job);\n",
    taken: "",
    test: `${backfill}/submit-refine`,
  },
  {
    without: "a job is submitted twice",
    file: `${backfill}/submitter.ts`,
    guard: "if (apps.length === 0) {",
    taken: "if (apps) {",
    test: `${backfill}/submitter`,
  },
  {
    without: "two sagas change the same topic",
    file: "domain/backfill/leases.ts",
    guard:
      "if (!request.resources.some((resource) => taken.has(resource)))\n      ",
    taken: "",
    test: "domain/backfill/leases",
  },
  {
    without: "small sagas overtake a large one for ever",
    file: "domain/backfill/leases.ts",
    guard:
      "    for (const resource of request.resources) taken.add(resource);\n",
    taken: "",
    test: "domain/backfill/leases",
  },
  {
    without: "a saga goes by whichever worker answers",
    file: `${backfill}/saga-id.ts`,
    guard: "expected !== digest",
    taken: "expected === undefined",
    test: `${backfill}/saga-id`,
  },
  {
    without: "a saga finds what another of the same workflow id left",
    file: "domain/backfill/saga-name.ts",
    guard: `\`\${workflowId}@\${firstRunId.replaceAll("-", "").slice(-8)}\``,
    taken: 'firstRunId === "" ? "" : workflowId',
    test: "domain/backfill/saga-name",
  },
  {
    without:
      "a gateway's page is taken for HDFS' word that a path is not there",
    file: "clients/hdfs/webhdfs-transport.ts",
    guard: "remoteException(body)?.exception === ABSENT",
    taken: "body !== undefined",
    test: "clients/hdfs/hdfs.test",
  },
  {
    without: "an hour of which the archive has events is empty",
    file: "domain/audit/import-rules.ts",
    guard: `  hour.produced.known &&
  !(hour.archived.known && hour.archived.count > 0)`,
    taken: "  hour.produced.known",
    test: "domain/audit/doubts",
  },
  {
    without: "what is left of an hour passes for all that it had",
    file: "domain/audit/import-rules.ts",
    guard: " || restIsUntold(about.hour)",
    taken: "",
    test: "domain/audit/doubts",
  },
  {
    without: "an hour is complete of which a partition is not imported",
    file: "domain/audit/rules.ts",
    guard: "  restIsUnread,\n  restMayBeDeleted,\n];",
    taken: "  restMayBeDeleted,\n];",
    test: "domain/audit/doubts",
  },
  {
    without: "a saga's own marker makes an hour incomplete",
    file: `${evidence}/assemble-hours.ts`,
    guard: "Number(high - low) - empty",
    taken: "Number(high - low) - 0 * empty",
    test: `${evidence}/assemble-hours`,
  },
  {
    without: "more messages than were imported prove that none was deleted",
    file: "domain/audit/import-rules.ts",
    guard: "(kept ? produced.count >= records : produced.count === records)",
    taken: "(kept || produced.count >= records)",
    test: "domain/audit/doubts",
  },
  {
    without: "a new log's messages pass for those of the log before",
    file: "domain/audit/import-rules.ts",
    guard: "  !mayBeOfReplacedLog(hour, topic) &&\n",
    taken: "",
    test: "domain/audit/doubts",
  },
  {
    without: "a new log's none is believed of hours before that log",
    file: "domain/audit/evidence.ts",
    guard:
      "  if (topic.replacedLog && isUntilReplaced(hour, topic.replacedLog))",
    taken: "  if (topic.replacedLog && mayBeOfReplacedLog(hour, topic))",
    test: "domain/audit/doubts",
  },
  {
    without: "a position in the new log tells how far the old one was imported",
    file: `${evidence}/kafka-log.ts`,
    guard: "        log.before?.imported ?? 0,\n",
    taken: "",
    test: `${evidence}/kafka-log`,
  },
  {
    without: "a second replacement forgets what the first one lost",
    file: `${evidence}/kafka-log.ts`,
    guard: `        ...(explains(memory.replaced, range)
          ? [memory.replaced.from ?? 0]
          : []),
`,
    taken: "",
    test: `${evidence}/kafka-log`,
  },
  {
    without: "a new log that grew past the old offset is forgotten",
    file: `${evidence}/kafka-log.ts`,
    guard: "  followStanding(topic, log, memory, asOf);\n",
    taken: "",
    test: `${evidence}/kafka-log`,
  },
  {
    without: "a topic that was made anew is in doubt for ever",
    file: `${evidence}/kafka-log.ts`,
    guard: `      stored !== "0" &&\n`,
    taken: "",
    test: `${evidence}/kafka-log`,
  },
  {
    without: "a run's end in another log hides what is jumped over",
    file: "domain/audit/ledger.ts",
    guard: "const goesOn = isOneLog && ",
    taken: "const goesOn = isOneLog !== undefined && ",
    test: "domain/audit/ledger",
  },
  {
    without: "a gap of a log that is gone is dropped by the new one",
    file: `${evidence}/ledger-gaps.ts`,
    guard:
      '  if (replacedLog && time <= (replacedLog.until ?? Infinity)) return "deleted";\n',
    taken: "",
    test: `${evidence}/ledger-gaps`,
  },
];
