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
  /** The test that must fail then: a file of test/unit/, or of test/workflow/ where it begins so. */
  test: string;
};

const backfill = "activities/backfill";
const evidence = "activities/audit/evidence";

/** Every guard against an event twice, a flag lost, a setting left behind, a wrong job, and a loss that looks healthy. */
export const GUARDS: readonly Guard[] = [
  {
    without: "a saga that stalls in its approval waits for its own leases",
    file: "workflows/backfill/approval.ts",
    guard: `      if (takesLeases) await leases.giveAllBack();
      throw error;`,
    taken: "      throw error;",
    test: "workflow/leases",
  },
  {
    without:
      "what was stored and has changed is waited for as if Kafka were down",
    file: "clients/errors.ts",
    guard: "error instanceof OwnFault ||",
    taken: "",
    test: "clients/errors",
  },
  {
    without: "a plan says that nothing is broken of topics that brokers hide",
    file: `${backfill}/planning.ts`,
    guard: "await kafka.refuseHidden(unlisted);",
    taken: "",
    test: `${backfill}/planning`,
  },
  {
    without:
      "a topic that brokers hide for a while is taken for one that is gone",
    file: `${backfill}/read-back.ts`,
    guard: "await kafka.refuseHidden(unlisted);",
    taken: "",
    test: `${backfill}/read-back`,
  },
  {
    without: "nobody hears that brokers hide topics",
    file: "activities/audit/audit.ts",
    guard: "...hiddenOutages(clients.config.kafka.brokers, hidden)",
    taken: "",
    test: "activities/audit/audit",
  },
  {
    without: "a saga fails, and waits for somebody, as a service is down",
    file: "workflows/backfill/step-runner.ts",
    guard: "return outageOf(error) !== undefined &&",
    taken: "return outageOf(error) === null &&",
    test: "workflow/outages",
  },
  {
    without: "who only wants to see a plan waits for a service for ever",
    file: "workflows/backfill/step-runner.ts",
    guard: 'if (name === "plan" && this.isDryRun) return false;',
    taken: "",
    test: "workflow/outages",
  },
  {
    without: "a service's failure is taken for a fault of ours",
    file: "activities/outages.ts",
    guard: "type: OUTAGE,",
    taken: "",
    test: "activities/outages",
  },
  {
    without: "an older attempt commits what a newer one produces again",
    file: `${backfill}/replay.ts`,
    guard: `    const producer = await connectReplayProducer(kafka, id);
    try {
      await logs.look();`,
    taken: `    await logs.look();
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
    without:
      "an attempt that wakes up after an abort produces what another saga replays",
    file: `${backfill}/replay-producer.ts`,
    guard: "if (lost.length > 0)",
    taken: "if (lost.includes(sagaId))",
    test: `${backfill}/replay`,
  },
  {
    without:
      "an attempt of a terminated saga that wakes up produces what its successor has replayed",
    file: `${backfill}/replay.ts`,
    guard: "isReleased || isAnothers(topic) ||",
    taken: "isReleased || (isAnothers(topic) && topic === id) ||",
    test: `${backfill}/replay`,
  },
  {
    without:
      "what was replayed into a topic that was made anew, and has grown as long again, is produced again",
    file: `${backfill}/read-back.ts`,
    guard: "if (id !== ids[topic])",
    taken: "if (id === undefined)",
    test: `${backfill}/replay`,
  },
  {
    without:
      "what was replayed into a partition that is gone is produced again",
    file: `${backfill}/read-back.ts`,
    guard: "if (mustTell && gone !== undefined)",
    taken: "if (mustTell && gone === -1)",
    test: `${backfill}/read-back`,
  },
  {
    without:
      "an event's partition depends on where an attempt cuts its batches",
    file: `${backfill}/replay-producer.ts`,
    guard: "partition: index % partitions,",
    taken: "partition: items.findIndex((e) => e.index === index) % partitions,",
    test: `${backfill}/replay-producer`,
  },
  {
    without:
      "what was produced behind an open transaction counts as never produced",
    file: "clients/kafka/connection.ts",
    guard: "    tellWholeLogs(this.js);\n",
    taken: "",
    test: "clients/kafka/connection",
  },
  {
    without:
      "what an attempt sent and was not answered lands with its successor's transaction",
    file: "clients/kafka/transactional-producer.ts",
    guard: "if (this.unanswered === 0) await this.end(false);",
    taken: "await this.end(false);",
    test: "clients/kafka/transactional-producer",
  },
  {
    without: "events that were read back and are gone count as landed",
    file: `${backfill}/read-back.ts`,
    guard: "if (BigInt(range.to) < BigInt(log.to))",
    taken: "if (BigInt(range.to) < 0n)",
    test: `${backfill}/read-back`,
  },
  {
    without:
      "a producer that was fenced, or whose batch was refused in part, sends it again",
    file: "clients/kafka/transactional-producer.ts",
    guard: "if (this.hasFailed)\n",
    taken: "if (this.hasFailed && this.added.size < 0)\n",
    test: "clients/kafka/transactional-producer",
  },
  {
    without: "an abort overtakes a batch, which is left behind without an end",
    file: "clients/kafka/transactional-producer.ts",
    guard: "await Promise.allSettled(",
    taken: "await Promise.all(",
    test: "clients/kafka/transactional-producer",
  },
  {
    without:
      "an audit takes the marker of a replay's last transaction for a lost offset",
    file: `${backfill}/replay.ts`,
    guard: "      await logs.look();\n      return logs.found;",
    taken: "      return logs.found;",
    test: `${backfill}/replay`,
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
    without:
      "the retention that two terminated sagas have raised stays for ever",
    file: `${backfill}/hold-retention.ts`,
    guard: "hold.held === now || (hold.was === now && hold.was !== hold.own);",
    taken: "hold.held === now;",
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
      "what was replayed into a log that was made anew is produced again",
    file: `${backfill}/read-back.ts`,
    guard: "return mustTell ? cannotTell(",
    taken: "return mustTell && why === undefined ? cannotTell(",
    test: `${backfill}/read-back`,
  },
  {
    without: "a later saga lowers the retention that another one holds",
    file: `${backfill}/hold-retention.ts`,
    guard: "longest(String(holdMs), own, now)",
    taken: "String(holdMs)",
    test: `${backfill}/hold-retention`,
  },
  {
    without: "an attempt that is over begins the importer, or Refine",
    file: `${backfill}/drivers.ts`,
    guard: "    cancellationSignal().throwIfAborted();\n",
    taken: "",
    test: `${backfill}/drivers`,
  },
  {
    without:
      "flags stay that were set after an attempt failed to submit Refine",
    file: `${backfill}/flags-set-since.ts`,
    guard: "=> isNobodys || mtime < submitted",
    taken: "=> mtime < submitted",
    test: `${backfill}/flags-set-since`,
  },
  {
    without: "a topic that is skipped after the proof loses its positions",
    file: "workflows/backfill/compensations.ts",
    guard: "      if (isSettled) continue;\n",
    taken: "",
    test: "workflows/backfill/compensations",
  },
  {
    without:
      "a program that another host's worker has left behind is run once more beside it",
    file: `${backfill}/drivers.ts`,
    guard: "if (elsewhere.length === 0) return;",
    taken: "if (elsewhere.length >= 0) return;",
    test: `${backfill}/drivers`,
  },
  {
    without: "positions are put back while the saga's own run goes on",
    file: `${backfill}/import.ts`,
    guard: `      await waitUntilNoneRuns(tagOf(id, "import"));\n`,
    taken: "",
    test: `${backfill}/import`,
  },
  {
    without: "an attempt that wakes up after an abort moves the importer again",
    file: `${backfill}/import.ts`,
    guard: "      (await storage.has(places.importerReleased))\n",
    taken: "      topics.length < 0\n",
    test: `${backfill}/import`,
  },
  {
    without:
      "an attempt that freezes just before the importer's beginning begins it after an abort",
    file: `${backfill}/drivers.ts`,
    guard: "      await mayBegin();\n",
    taken: "",
    test: `${backfill}/import`,
  },
  {
    without: "a late attempt hides a driver that another host has begun",
    file: `${backfill}/drivers.ts`,
    guard: "const place = driversOf(tag).on(host);",
    taken: 'const place = driversOf(tag).on("host");',
    test: `${backfill}/drivers`,
  },
  {
    without:
      "a run of somebody else that has just ended tells its positions after the saga's",
    file: `${backfill}/others-runs.ts`,
    guard: "      if (!other) return wasOne;\n      const waited",
    taken: "      if (other !== null) return wasOne;\n      const waited",
    test: `${backfill}/import`,
  },
  {
    without:
      "positions that are put together are written over by a run that YARN did not show yet",
    file: `${backfill}/import.ts`,
    guard: "else await others.waitUntilAllCount();",
    taken: "else await others.waitUntilTheyCount();",
    test: `${backfill}/import`,
  },
  {
    without:
      "positions that were put back are written over by a run that YARN did not show yet",
    file: `${backfill}/import.ts`,
    guard: "if (!(await others.waitUntilAllCount())) break;",
    taken: "if (!(await others.waitUntilTheyCount())) break;",
    test: `${backfill}/import`,
  },
  {
    without:
      "a search that wakes up late writes over lines that another has recorded, and what Kafka holds is replayed",
    file: `${backfill}/search/line-files.ts`,
    guard: "this.placeOf(this.parts.length, digest)",
    taken: 'this.placeOf(this.parts.length, "0")',
    test: `${backfill}/search/search-units`,
  },
  {
    without: "what Kafka or a raw hour holds is taken for missing",
    file: `${backfill}/search/collect-archive.ts`,
    guard: "h on h.uuid = k.uuid and h.topic = k.topic",
    taken: "h on false",
    test: `${backfill}/search/collect`,
  },
  {
    without:
      "rows that one replica of MySQL did not have yet are not read from the next one",
    file: `${backfill}/search/collect-mysql.ts`,
    guard: 'replica === undefined ? "mysql"',
    taken: 'replica !== "" ? "mysql"',
    test: `${backfill}/search/collect-mysql`,
  },
  {
    without: "an event that comes into Kafka during a search is produced again",
    file: `${backfill}/search/missing.ts`,
    guard: "if (held.ends === undefined) return held;",
    taken: "if (held) return held;",
    test: `${backfill}/search/missing`,
  },
  {
    without:
      "lines that storage loses count for nothing, and what is held passes for missing",
    file: `${backfill}/search/search-tables.ts`,
    guard: "if (count !== BigInt(wanted))",
    taken: "if (count < 0n)",
    test: `${backfill}/search/join-on-worker`,
  },
  {
    without:
      "an event that names its uuid twice is replayed by a uuid that nobody has looked for",
    file: `${backfill}/search/collect-archive.ts`,
    guard:
      "read.event.uuid !== uuid ||\n          read.event.schema !== topic.schema ||",
    taken: "read.event.uuid === read.event.schema ||",
    test: `${backfill}/search/collect`,
  },
  {
    without: "bytes that are no UTF-8 are replayed as others",
    file: `${backfill}/search/archive-keys.ts`,
    guard: "if (isUtf8(bytes)) return bytes;",
    taken: "if (bytes) return bytes;",
    test: `${backfill}/search/collect`,
  },
  {
    without:
      "an event of another hour, whose raw files nobody has read, is replayed into this one",
    file: `${backfill}/search/collect-archive.ts`,
    guard: "!inRange(read.hour, range)",
    taken: "!read.hour",
    test: `${backfill}/search/collect`,
  },
  {
    without: "a stream of DuckDB's that ends early passes for the whole answer",
    file: "clients/duckdb/engine.ts",
    guard: "if (came !== wanted)",
    taken: "if (came < 0n)",
    test: "clients/duckdb/engine",
  },
  {
    without:
      "a log that was made anew during a search is read from where the one before had ended",
    file: `${backfill}/search/collect-held.ts`,
    guard: "isTheSame ? since.ends[key] : undefined",
    taken: "since.ends[key]",
    test: `${backfill}/search/collect-held`,
  },
  {
    without:
      "a log that is rotated while files are opened is left out of a search in silence",
    file: "clients/event-archive.ts",
    guard: "if (isWhole && isThere)",
    taken: "if (isThere)",
    test: "clients/event-archive",
  },
  {
    without: "what lies behind zeros in a gzipped log is left out in silence",
    file: "clients/archive-files.ts",
    guard: "if (bytes.some((byte) => byte !== 0))",
    taken: "if (bytes.length < 0)",
    test: `${backfill}/search/collect-odd-archives`,
  },
  {
    without:
      "an event whose time DuckDB reads in its own way is replayed into another hour, or left out in silence",
    file: `${backfill}/search/archive-keys.ts`,
    guard: "case when regexp_full_match(f[3], '${DT}') then",
    taken: "case when true then",
    test: `${backfill}/search/collect-odd-archives`,
  },
  {
    without:
      "rows of MySQL are compared with nothing, as archives have left out what is held",
    file: `${backfill}/search/missing.ts`,
    guard:
      "lines === 0 || held.refs.every((ref) => heldLeftOut.includes(ref)),",
    taken: "lines === 0 || heldLeftOut,",
    test: `${backfill}/search/missing`,
  },
  {
    without: "the words of an event stand in an error",
    file: "clients/duckdb/engine.ts",
    guard: "KINDS_WITH_SAFE_MESSAGES.has(kind)",
    taken: "kind",
    test: "clients/duckdb/engine",
  },
  {
    without:
      "a search that takes over reads files of the archive again that are recorded",
    file: `${backfill}/search/search-units.ts`,
    guard: "if (recorded !== undefined) return recorded;",
    taken: "void recorded;",
    test: `${backfill}/search/taken-over`,
  },
  {
    without:
      "a search that wakes up late hides files of the archive from the one that took over",
    file: "clients/storage.ts",
    guard: "this.writeText(placeOf(sha256(text)), text)",
    taken: 'this.writeText(placeOf(""), text)',
    test: `${backfill}/search/search-units`,
  },
  {
    without: "an importer is ended in the middle",
    file: `${backfill}/import.ts`,
    guard: "      new AbortController().signal,\n",
    taken: "      cancellationSignal(),\n",
    test: `${backfill}/import`,
  },
  {
    without: "an importer is run beside one of somebody else",
    file: `${backfill}/import.ts`,
    guard: "    await others.waitUntilNoneGoesOn();\n    const places",
    taken: "    const places",
    test: `${backfill}/import`,
  },
  {
    without:
      "a run of somebody else that ends after the saga's own takes back what that one did",
    file: `${backfill}/import.ts`,
    guard: `    if (config.importer.hold) await others.waitUntilTheyCount();
    else await others.waitUntilAllCount();
`,
    taken: "",
    test: `${backfill}/import`,
  },
  {
    without: "a run that is under way writes over the positions of an abort",
    file: `${backfill}/others-runs.ts`,
    guard: "return (await this.waitUntilTheyCount()) || wasOne;",
    taken: "return false;",
    test: `${backfill}/import`,
  },
  {
    without: "a Refine is submitted beside one that YARN does not show yet",
    file: `${backfill}/submit-refine.ts`,
    guard: "submitter.isSubmitting(name)",
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
    file: "importers/runs-beside.ts",
    guard: "if (moved.length > 0) together.set(key, moved.reduce(further));",
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
    test: "clients/hdfs/hdfs",
  },
  {
    without: "a flag that Refine has set since is written over",
    file: `${backfill}/clear-flags.ts`,
    guard: "        if (await hdfs.stat(path)) return;\n",
    taken: "        await hdfs.remove(path);\n",
    test: `${backfill}/clear-flags`,
  },
  {
    without:
      "after a crash nothing tells where flags lie that were moved aside",
    file: `${backfill}/clear-flags.ts`,
    guard:
      "      await storage.recordOnce(sagaPlaces(id).removedFlags, planned);\n",
    taken: "",
    test: `${backfill}/clear-flags`,
  },
  {
    without:
      "an outdated Refine takes what was imported before flags are cleared",
    file: `${backfill}/import.ts`,
    guard: "    await watchFlags(storage, sagaId());\n",
    taken: "",
    test: `${backfill}/import`,
  },
  {
    without: "a flag that the saga's own Refine has set is taken away",
    file: `${backfill}/flags-set-since.ts`,
    guard: "isNobodys || mtime < submitted);",
    taken: "isNobodys || mtime <= Infinity);",
    test: `${backfill}/flags-set-since`,
  },
  {
    without:
      "an attempt that wakes up takes the flags of the Refine that another has submitted",
    file: `${backfill}/flags-set-since.ts`,
    guard: `    const young = await this.setAfter(begun.mtime, plan, skip);
    if (young.length === 0) return 0;
    // Both are asked after the look: an attempt that froze and wakes up after another has submitted Refine must not take that one's flags.
    const submitted = await this.submittedAt(id);
    const isNobodys = await isNoneSubmitted();
`,
    taken: `    const isNobodys = await isNoneSubmitted();
    const young = await this.setAfter(begun.mtime, plan, skip);
    const submitted = await this.submittedAt(id);
`,
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
    test: "clients/hdfs/hdfs",
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
    without: "a saga waits for ever for a lease that it has given back itself",
    file: "domain/backfill/leases.ts",
    guard: "!standing.includes(lease.id);",
    taken: "standing.length < 0;",
    test: "domain/backfill/leases",
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
    without: "a saga keeps the leases of an ended one that had its workflow id",
    file: `${backfill}/leases.ts`,
    guard: "ENDED.has(status.name) || first !== firstRunId",
    taken: "ENDED.has(status.name)",
    test: `${backfill}/leases`,
  },
  {
    without: "a lease is taken from a saga of which nothing can be told",
    file: `${backfill}/leases.ts`,
    guard: "if (error instanceof WorkflowNotFoundError) return true;",
    taken: "if (error instanceof Error) return true;",
    test: `${backfill}/leases`,
  },
  {
    without: "a schedule that could not be held counts as held",
    file: `${backfill}/hold-others.ts`,
    guard: "if (code !== 0)",
    taken: "if (code < 0)",
    test: `${backfill}/hold-others`,
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
    test: "clients/hdfs/hdfs",
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
    guard: "[restIsUnread, restMayBeDeleted]",
    taken: "[restMayBeDeleted]",
    test: "domain/audit/doubts",
  },
  {
    without:
      "a record that was imported twice stands for another one that was deleted unread",
    file: "domain/audit/doubt-rules.ts",
    guard: "=== surelyDifferent(raw)",
    taken: "=== withoutRepeated(raw)",
    test: "domain/audit/doubts",
  },
  {
    without:
      "a record that was imported twice stands for another one that is unread",
    file: "domain/audit/doubt-rules.ts",
    guard: "produced.count > surelyDifferent(raw)",
    taken: "produced.count > withoutRepeated(raw)",
    test: "domain/audit/doubts",
  },
  {
    without: "copies that a run left which was set aside stand for others",
    file: "domain/audit/perhaps-twice.ts",
    guard: "        ofSameEnd(some),\n",
    taken: "",
    test: "domain/audit/surplus",
  },
  {
    without:
      "a log that was made anew is thought to have been so hours before it was",
    file: `${evidence}/kafka-log.ts`,
    guard: "if (wasThoughtEarlier(memory.clock, asOf, now))",
    taken: "if (asOf > now)",
    test: `${evidence}/topic-histories`,
  },
  {
    without:
      "messages are passed over in a topic that nobody saw before it was gone, and that came back",
    file: "activities/audit/evidence/standing.ts",
    guard: "    else memory.stood = standing;",
    taken: "",
    test: "activities/audit/evidence/gone-logs",
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
    file: "domain/audit/doubt-rules.ts",
    guard: ": produced.count === surelyDifferent(raw));",
    taken: ": produced.count >= surelyDifferent(raw));",
    test: "domain/audit/doubts",
  },
  {
    without: "a new log's messages pass for those of the log before",
    file: "domain/audit/doubt-rules.ts",
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
    guard:
      "        (log.before ? log.before.imported : memory.replaced?.from) ?? 0,\n",
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
    guard: "  followStanding(topic, log, stands, memory, foundAt);\n",
    taken: "",
    test: `${evidence}/kafka-log`,
  },
  {
    without: "a topic that was made anew is in doubt for ever",
    file: `${evidence}/standing.ts`,
    guard: `      stored !== "0" &&\n`,
    taken: "",
    test: `${evidence}/kafka-log`,
  },
  {
    without: "a run's end in another log hides what is jumped over",
    file: "domain/audit/jumps.ts",
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
  {
    without: "a young hour that was jumped over is pending for ever",
    file: "domain/audit/judge.ts",
    guard: "  !(isImportFault(verdict) && mayBeGone(about)) &&\n",
    taken: "",
    test: "domain/audit/doubts",
  },
  {
    without: "a proof holds over planned hours that are not whole yet",
    file: "domain/backfill/findings-left.ts",
    guard: "return [...found, ...unproven];",
    taken: "return [...found, ...unproven.slice(0, 0)];",
    test: "domain/backfill/findings-left",
  },
  {
    without: "an incident calls an hour complete that is only pending",
    file: "domain/incidents/incident-changes.ts",
    guard: '(unsettled?.[hour] ?? "complete")',
    taken: '(unsettled?.[hour] ? "complete" : "complete")',
    test: "domain/incidents/incident-changes",
  },
  {
    without: "an audit of other hours closes an incident",
    file: "domain/incidents/incident-changes.ts",
    guard: "    ...incident.findings.filter(({ hour }) => !isAudited(hour)),\n",
    taken: "",
    test: "domain/incidents/incident-changes",
  },
  {
    without:
      "an audit of other hours calls an incident's unknowable ones whole",
    file: "domain/incidents/incident-changes.ts",
    guard: "isAudited(hour) ? (unsettled",
    taken: "hour ? (unsettled",
    test: "domain/incidents/incident-changes",
  },
  {
    without: "an incident closes over hours of which nothing is known",
    file: "domain/incidents/incident.ts",
    guard: "incident.findings.length === 0 && undecidedOf(incident) === 0",
    taken: "incident.findings.length === 0 && undecidedOf(incident) >= 0",
    test: "domain/incidents/incident-changes",
  },
  {
    without: "a topic in another batch is remembered as its old batch saw it",
    file: `${evidence}/evidence-cache.ts`,
    guard: "    if (at(shard) > at(newest)) newest = shard;\n",
    taken: "    if (at(shard) > Infinity) newest = shard;\n",
    test: `${evidence}/evidence-cache`,
  },
  {
    without: "a batch drops a topic before the next batch has taken it over",
    file: `${evidence}/evidence-cache.ts`,
    guard: "([, { at }]) => at >= hourStart(range.since)",
    taken: "([, { at }]) => at > Infinity && range",
    test: `${evidence}/evidence-cache`,
  },
  {
    without: "an attempt without memory forgets what logs there were",
    file: "activities/audit/audit.ts",
    guard: "{ ...found.topics, ...remembered.topics }",
    taken: "{ ...remembered.topics, ...found.topics }",
    test: "activities/audit/audit",
  },
  {
    without: "a topic that cannot be read once is compared with no log",
    file: "activities/audit/judge-topics.ts",
    guard:
      "      if (options.memory && before) options.memory[topic] = before;\n",
    taken: "",
    test: "activities/audit/judge-topics",
  },
  {
    without: "an audit of other hours forgets what was unread of a topic",
    file: "activities/audit/known-topics.ts",
    guard: "isUsual(range, asOf, lookbackHours) && !isPast",
    taken: "lookbackHours > 0 && !isPast",
    test: "activities/audit/known-topics",
  },
  {
    without: "an audit of chosen topics forgets the others",
    file: "activities/audit/known-topics.ts",
    guard: "const known = new Set(before);",
    taken: "const known = new Set(before.slice(0, 0));",
    test: "activities/audit/known-topics",
  },
  {
    without: "MySQL's rows with a time in the basic form are left out",
    file: "formats/eventlogging/mysql-time.ts",
    guard: "        ...basicBounds(since, until),\n",
    taken: "",
    test: "formats/eventlogging/mysql-time",
  },
  {
    without: "MySQL's rows whose zone has hours only get a dt that is no time",
    file: "formats/eventlogging/mysql-time.ts",
    guard: "[+-]\\d{2}(?::?\\d{2})?$/",
    taken: "[+-]\\d{2}:?\\d{2}$/",
    test: "formats/eventlogging/mysql-time",
  },
  {
    without: "a deletion forgets that a partition was never imported",
    file: `${evidence}/topic-facts.ts`,
    guard: "isAnyUndated(held ?? offsets, positions)",
    taken: "isAnyUndated(offsets, positions)",
    test: `${evidence}/topic-facts`,
  },
  {
    without: "an audit as of the past makes later ones call a loss healthy",
    file: "activities/audit/audit.ts",
    guard: "    if (!isPast) {\n",
    taken: "    if (shard) {\n",
    test: "activities/audit/audit",
  },
  {
    without:
      "what an audit as of the past finds happened before the instant that it was told",
    file: `${evidence}/kafka-log.ts`,
    guard: "presentOf(memory.clock, asOf, now),",
    taken: "asOf + Math.min(0, now),",
    test: `${evidence}/gone-logs`,
  },
  {
    without: "a run after an audit's instant does not tell that it is later",
    file: `${evidence}/kafka-log.ts`,
    guard: "    topic.lastRun ?? 0,\n",
    taken: "",
    test: `${evidence}/gone-logs`,
  },
  {
    without: "an audit as of the past shortens what one before it has found",
    file: `${evidence}/kafka-log.ts`,
    guard:
      "    explains(memory.replaced, range) ? (memory.replaced.until ?? 0) : 0,\n",
    taken: "",
    test: `${evidence}/gone-logs`,
  },
  {
    without: "messages after an audit's instant do not tell that it is later",
    file: `${evidence}/kafka-log.ts`,
    guard: "(memory.clock || Object.keys(log.misdated).length === 0",
    taken: "(memory.clock || asOf > 0",
    test: `${evidence}/gone-logs`,
  },
  {
    without: "an audit as of the past forgets a deleted topic",
    file: "activities/audit/known-topics.ts",
    guard: "isUsual(range, asOf, lookbackHours) && !isPast",
    taken: "isUsual(range, asOf, lookbackHours) && told > 0",
    test: "activities/audit/known-topics",
  },
  {
    without: "a mistaken audit as of an instant to come stops all remembering",
    file: "domain/audit/audit-clock.ts",
    guard: "Math.min(asOf, now)",
    taken: "asOf",
    test: "domain/audit/audit-clock",
  },
  {
    without: "a topic that was gone and is there again is the same one",
    file: "domain/audit/incarnation.ts",
    guard: "if (wasGone && !hasId)",
    taken: 'if (wasGone && before?.id === "")',
    test: `${evidence}/gone-logs`,
  },
  {
    without: "a topic that Kafka did not name once is made anew",
    file: "domain/audit/incarnation.ts",
    guard: "if (wasGone && !hasId)",
    taken: "if (wasGone)",
    test: `${evidence}/gone-logs`,
  },
  {
    without: "audits forget that Kafka did not have a topic",
    file: `${evidence}/evidence-cache.ts`,
    guard: "    ...(wasGone ? { wasGone } : {}),\n",
    taken: "",
    test: `${evidence}/evidence-cache`,
  },
  {
    without: "a topic that was gone in each audit was never there between them",
    file: `${evidence}/kafka-log.ts`,
    guard:
      '(memory.replaced?.cause !== "topic-deleted" || hasMoved(memory, stands)) &&',
    taken: 'memory.replaced?.cause !== "topic-deleted" &&',
    test: `${evidence}/gone-logs`,
  },
  {
    without: "a deletion forgets where the importer stood",
    file: `${evidence}/standing.ts`,
    guard: "    if (log) log.stored = standing;",
    taken: "    if (log) return;",
    test: `${evidence}/gone-logs`,
  },
  {
    without: "a look without an id dates the import of the log that had it",
    file: `${evidence}/standing.ts`,
    guard: "watermark !== undefined && log.sureAt === undefined",
    taken: "watermark !== undefined",
    test: `${evidence}/gone-logs`,
  },
  {
    without: "a look without an id tells that the log that had it was read",
    file: "domain/audit/incarnation.ts",
    guard: "? (seen.sureAt ?? seen.at)",
    taken: "? seen.at",
    test: `${evidence}/gone-logs`,
  },
  {
    without: "a look without an id tells when a deleted log was imported",
    file: "domain/audit/incarnation.ts",
    guard: "seen?.sureAt === undefined ? Infinity",
    taken: "seen !== undefined || watermark ? Infinity",
    test: `${evidence}/gone-logs`,
  },
  {
    without: "an audit without memory bounds what a deleted topic lost",
    file: "domain/audit/incarnation.ts",
    guard: "watermark ?? 0,",
    taken: "watermark ?? Infinity,",
    test: "domain/audit/incarnation",
  },
  {
    without: "a deletion forgets what the replacement before it lost",
    file: "domain/audit/incarnation.ts",
    guard: "Math.min(gone.from ?? 0, before.from ?? 0)",
    taken: "gone.from ?? 0",
    test: `${evidence}/kafka-log`,
  },
  {
    without: "what a saga does after it has waited is what was broken before",
    file: "workflows/backfill/approval.ts",
    guard: `      current = await makePlan(
        input,
        settings,
        isReplan ? undefined : current.asOf,
      );
`,
    taken:
      "      if (isReplan) current = await makePlan(input, settings, undefined);\n",
    test: "workflow/leases",
  },
  {
    without: "an earlier attempt's success hides that a later one failed",
    file: "domain/backfill/partition-verdict.ts",
    guard: "  statement.attempt > than.attempt ||\n",
    taken: "",
    test: "domain/backfill/partition-verdict",
  },
  {
    without: "what an attempt said first counts where its logs are read last",
    file: "domain/backfill/partition-verdict.ts",
    guard: "statement.time >= than.time",
    taken: 'statement.time >= ""',
    test: "domain/backfill/partition-verdict",
  },
  {
    without: "an hour that was jumped over in Kafka is empty",
    file: `${evidence}/assemble-hours.ts`,
    guard: "      jumped === 0 &&\n",
    taken: "",
    test: `${evidence}/assemble-hours`,
  },
  {
    without: "an hour is complete of which offsets in Kafka were jumped over",
    file: "domain/audit/doubt-rules.ts",
    guard: "hour.jumpedOver !== undefined || produced",
    taken: "produced",
    test: "domain/audit/doubts",
  },
  {
    without: "what was jumped over passes for what is still to come",
    file: "domain/audit/import-rules.ts",
    guard: "  about.hour.jumpedOver !== undefined ||\n",
    taken: "",
    test: "domain/audit/doubts",
  },
  {
    without: "a jump that was made good is told for ever",
    file: "domain/audit/jumps.ts",
    guard: "isOneLog ? readOf(advances, partition) : []",
    taken: "[]",
    test: "domain/audit/ledger",
  },
  {
    without: "an importer is moved back into a log that it has never read",
    file: "domain/backfill/import-progress.ts",
    guard: " && !outside.has(key)",
    taken: "",
    test: "domain/backfill/import-progress",
  },
  {
    without: "bounds of an hour that nobody counts pass for its records",
    file: "domain/audit/rules.ts",
    guard: "...DOUBTS, recordsAreUnproven]",
    taken: "...DOUBTS]",
    test: "domain/audit/unrefined",
  },
  {
    without: "an hour with an unread message is empty",
    file: "domain/audit/import-rules.ts",
    guard: "  unreadOfThisTime,\n  importedNone",
    taken: "  importedNone",
    test: "domain/audit/doubts",
  },
  {
    without:
      "a partition that was never imported is forgotten with a topic that nobody saw",
    file: `${evidence}/topic-facts.ts`,
    guard: "offsets.length === 0\n    ? [",
    taken: "offsets.length < 0\n    ? [",
    test: `${evidence}/topic-facts`,
  },
  {
    without:
      "a change of HDFS is sent a second time, as its connection was closed under it",
    file: "clients/http-exchange.ts",
    guard: 'if (method !== "GET") throw error.cause;',
    taken: "",
    test: "clients/http-exchange",
  },
  {
    without: "a body that broke off passes for a whole one",
    file: "clients/http-body.ts",
    guard: "if (body.failure) throw body.failure;",
    taken: "",
    test: "clients/http-exchange",
  },
  {
    without: "a file that became shorter while it was read passes for whole",
    file: "clients/hdfs/range-in-pieces.ts",
    guard: "    if (came === 0)\n      throw",
    taken: "    if (came === 0) return;\n    if (at < 0)\n      throw",
    test: "clients/hdfs/hdfs",
  },
  {
    without:
      "bytes of two files are read as one, as the file was replaced while it broke off",
    file: "clients/hdfs/range-in-pieces.ts",
    guard: "if (at > offset && !(await isSame()))",
    taken: "if (at < 0)",
    test: "clients/hdfs/hdfs",
  },
  {
    without: "a closed file is read on by whoever is still about it",
    file: "lib/read-on.ts",
    guard: 'if (this.isClosed) throw new Error("the file is closed");',
    taken: "",
    test: "lib/read-on",
  },
  {
    without: "a compressed log is read on beside what is read after it",
    file: "formats/yarn-log/regions.ts",
    guard: "    source.destroy();\n",
    taken: "    if (Number(source.closed) < 2) return;\n",
    test: "formats/yarn-log/regions",
  },
  {
    without:
      "a replay is given up for good because a cluster that starts names no topic yet",
    file: `${backfill}/read-back.ts`,
    guard: "if (existing.size === 0 && topics.length > 0)",
    taken: "if (existing.size > 1e9)",
    test: `${backfill}/read-back`,
  },
  {
    without:
      "a verification that is tried again counts what an earlier one has found",
    file: `${backfill}/verify/activity-key.ts`,
    guard: "${workflowExecution!.runId}-${activityId}",
    taken: "${workflowExecution!.runId}",
    test: `${backfill}/verify/verified-so-far`,
  },
  {
    without: "a topic that rights hide passes for one that was deleted",
    file: "activities/audit/judge-topics.ts",
    guard: "if (shared.isDenied(topic)) {",
    taken: "if (shared.isDenied(topic) && topic === HIDDEN) {",
    test: "activities/audit/judge-topics",
  },
  {
    without: "a process does not end after brokers have refused it",
    file: "clients/kafka/connection.ts",
    guard: "await admin.disconnect().catch(() => undefined);",
    taken: "void admin;",
    test: "clients/kafka/connection",
  },
  {
    without:
      "a change of which nobody knows whether it was made is made again elsewhere",
    file: "clients/addresses.ts",
    guard: "if (!isPassing && !(error instanceof Explained)) throw error;",
    taken: "void Explained;",
    test: "clients/addresses",
  },
  {
    without: "reads are answered by a NameNode that is behind",
    file: "clients/hdfs/webhdfs-transport.ts",
    guard: 'if (state !== undefined && state !== "active")',
    taken: 'if (state === "none")',
    test: "clients/hdfs/failover",
  },
  {
    without: "a write stops at a gateway with nobody behind it",
    file: "clients/hdfs/webhdfs-transport.ts",
    guard: 'if (isNobodyBehind("GET", answer.status, body))',
    taken: 'if (isNobodyBehind("PUT", answer.status, body))',
    test: "clients/hdfs/failover",
  },
  {
    without: "credentials in an address are told in errors",
    file: "domain/settings/sections/security.ts",
    guard: 'return username === "" && password === "" && search === "";',
    taken: "return username !== undefined || password === search;",
    test: "clients/kafka/access",
  },
  {
    without: "a mail server's answer repeats the password into the history",
    file: "clients/secrets.ts",
    guard: "return bytes.some((secret) => held.includes(secret));",
    taken: "return bytes.some((secret) => held.equals(secret));",
    test: "activities/incidents/receivers/smtp",
  },
  {
    without: "a password is repeated where something is glued before its line",
    file: "clients/secrets.ts",
    guard: "return [0, 1, 2, 3].some((offset) => {",
    taken: "return [0].some((offset) => {",
    test: "clients/secrets",
  },
  {
    without: "a password is repeated in base64 that is folded",
    file: "clients/secrets.ts",
    guard: "`${BASE64}(?:${FOLD_OF_ANSWER}${BASE64})*",
    taken: "`${BASE64}",
    test: "clients/secrets",
  },
  {
    without:
      "nobody hears the end of an alert that is less urgent than what began",
    file: "domain/incidents/routing.ts",
    guard:
      "return all.filter((receiver) => before.some((of) => receiver in of));",
    taken: "before.length = 0;",
    test: "domain/incidents/routing",
  },
  {
    without: "whoever was not told that something began hears that it ended",
    file: "domain/incidents/routing.ts",
    guard: "if (before.length === 0) return theirs;",
    taken: "return theirs;",
    test: "domain/incidents/routing",
  },
  {
    without: "a text in Slack calls a whole channel",
    file: "activities/incidents/receivers/slack.ts",
    guard: '.replaceAll("<", "&lt;")',
    taken: "",
    test: "activities/incidents/receivers/slack",
  },
  {
    without: "an address of Slack goes over http, where others read it",
    file: "activities/incidents/receivers/slack.ts",
    guard: 'if (url.protocol !== "https:" && !isSafe)',
    taken: "if (false)",
    test: "activities/incidents/receivers/slack",
  },
  {
    without:
      "one event that PagerDuty refuses keeps the others from being told",
    file: "activities/incidents/receivers/pagerduty.ts",
    guard: "if (!(error instanceof ApplicationFailure)) throw error;",
    taken: "throw error;",
    test: "activities/incidents/receivers/pagerduty",
  },
  {
    without:
      "an alert of many topics never gets through, as each attempt begins anew",
    file: "activities/incidents/receivers/pagerduty.ts",
    guard: "done.add(event.dedup_key);",
    taken: "",
    test: "activities/incidents/receivers/pagerduty",
  },
  {
    without: "a pipeline resolves the incident of another one",
    file: "activities/incidents/receivers/pagerduty.ts",
    guard: "`sisyphus/${scope}${alertName}/${subject}`",
    taken: "`sisyphus/${alertName}/${subject}`",
    test: "activities/incidents/receivers/pagerduty",
  },
  {
    without:
      "alerts are meant for a receiver that does not exist, and reach nobody",
    file: "domain/settings/receiver-faults.ts",
    guard: "names.includes(name)",
    taken: "names.length >= 0",
    test: "domain/settings/owners",
  },
  {
    without: "an owner's alerts go where nobody asked for them",
    file: "domain/incidents/routing.ts",
    guard: "const theirs = all.filter((receiver) => own.includes(receiver));",
    taken: "const theirs = own.length > 0 ? all : all;",
    test: "domain/incidents/routing",
  },
  {
    without: "alerts of an owner that is configured no more reach nobody",
    file: "domain/incidents/routing.ts",
    guard: "item.owner !== undefined && Object.hasOwn(owners, item.owner)",
    taken: "item.owner !== undefined",
    test: "domain/incidents/routing",
  },
  {
    without: "a mail server that says nothing is waited for without an end",
    file: "activities/incidents/receivers/smtp.ts",
    guard: `        sent,
        mailMs,
        () =>`,
    taken: `        sent,
        mailMs * 10_000,
        () =>`,
    test: "activities/incidents/receivers/smtp",
  },
  {
    without: "a server of MySQL that does not say who it is cannot be read",
    file: "clients/mysql-connection.ts",
    guard: "if (isRefused(error)) return undefined;",
    taken: "",
    test: "clients/mysql-connection",
  },
  {
    without: "servers of MySQL behind one proxy are taken for one",
    file: "clients/mysql.ts",
    guard: "undefined : placeName(place), server]",
    taken: "undefined : placeName(place), server && undefined]",
    test: "clients/mysql",
  },
  {
    without: "what was asked over https goes on in the clear",
    file: "clients/http-exchange.ts",
    guard: 'place.protocol === "http:")',
    taken: 'place.protocol === "ftp:")',
    test: "clients/place-of",
  },
  {
    without: "a change behind a gateway that was not answered is made twice",
    file: "clients/hadoop-answer.ts",
    guard: 'method === "GET" && NOBODY_BEHIND',
    taken: "method && NOBODY_BEHIND",
    test: "clients/hdfs/failover",
  },
  {
    without: "the metastore's SASL stays on though it was turned off",
    file: "workers/config.ts",
    guard: "isOther || isOff ?",
    taken: "isOther || (isOff && isOther) ?",
    test: "workers/config",
  },
  {
    without:
      "a right to a transactional id that lacks is told as no coordinator",
    file: "clients/kafka/rights.ts",
    guard: 'if (!type?.endsWith("AUTHORIZATION_FAILED")) throw error;',
    taken: 'if (type !== "none") throw error;',
    test: "clients/kafka/rights",
  },
  {
    without: "a secret that is being replaced is taken for an empty one",
    file: "clients/secrets.ts",
    guard: 'if (value === "")',
    taken: 'if (value === "nothing")',
    test: "clients/secrets",
  },
  {
    without: "a worker that brokers have refused once is refused for ever",
    file: "clients/kafka/connection.ts",
    guard: "if (connection === this.current) this.retire();",
    taken: "void connection;",
    test: "clients/kafka/connection",
  },
  {
    without: "a partition of which no broker told passes for one of no offsets",
    file: "clients/kafka/offset-lookups.ts",
    guard: "if (!isWhole) told.delete(topic);",
    taken: "void isWhole;",
    test: "clients/kafka/offset-lookups",
  },
  {
    without: "a reading of logs that takes over reads files that are recorded",
    file: `${backfill}/log-reading.ts`,
    guard: "return this.files.filter((file) => !isWhole(file));",
    taken: "return this.files;",
    test: `${backfill}/log-reading-taken-over`,
  },
  {
    without:
      "logs are read on without bounds while a record of what they say is written",
    file: `${backfill}/log-reading.ts`,
    guard: "    return this.recording;\n",
    taken: "    if (this.recordedBytes === bytes) return this.recording;\n",
    test: `${backfill}/log-reading-taken-over`,
  },
  {
    without: "what a log said before it grew counts twice",
    file: `${backfill}/log-reading.ts`,
    guard: "if (this.whole.length < recorded.files.length) {",
    taken: "if (this.whole.length < 0) {",
    test: `${backfill}/scan-logs`,
  },
  {
    without:
      "messages of a partition that the broker does not know yet are none",
    file: `${evidence}/produced-by-hour.ts`,
    guard: "told !== undefined && (low",
    taken: "(low",
    test: `${evidence}/produced-by-hour`,
  },
  {
    without: "an hour with a damaged data file or raw file looks whole",
    file: `${backfill}/verify/fetch-hour.ts`,
    guard: "problems.push(`${name}: a file is left out: ${error.message}`);",
    taken: "void [problems, name];",
    test: `${backfill}/verify/row-reading`,
  },
  {
    without: "an hour whose data file has damaged pages looks whole",
    file: `${backfill}/verify/row-counts.ts`,
    guard:
      "hour.problems.push(\n          `${hour.of.name}: a file is left out:",
    taken: "String(\n          `${hour.of.name}: a file is left out:",
    test: `${backfill}/verify/row-reading`,
  },
  {
    without: "one damaged data file ends the verification of all others",
    file: `${backfill}/verify/row-counts.ts`,
    guard: "if (!mayBeOfFile(error)) throw error;\n      files =",
    taken: "if (error) throw error;\n      files =",
    test: `${backfill}/verify/row-reading`,
  },
  {
    without:
      "an hour that Spark could not read passes for one without problems",
    file: `${backfill}/verify/count-on-spark.ts`,
    guard: "if (line.leftOut > 0) continue;",
    taken: "void line.leftOut;",
    test: `${backfill}/verify/count-on-spark`,
  },
  {
    without: "damage that ends a raw file early passes for its end",
    file: `${backfill}/verify/count-on-spark.ts`,
    guard: 'if ("problem" in parsed) return undefined;',
    taken: 'if ("problem" in parsed) continue;',
    test: `${backfill}/verify/count-on-spark`,
  },
  {
    without: "rows that are to be compared with their events are not",
    file: `${backfill}/verify/row-reading.ts`,
    guard: "this.input.deep.has(name) ? undefined : ",
    taken: "",
    test: `${backfill}/verify/row-reading`,
  },
  {
    without: "an hour that Spark does not tell of passes for an empty one",
    file: `${backfill}/verify/count-on-spark.ts`,
    guard: "if (line === undefined)\n        throw",
    taken:
      "if (line === undefined) continue;\n      if (no < 0)\n        throw",
    test: `${backfill}/verify/count-on-spark`,
  },
  {
    without: "rows or events that Spark loses on their way are not missed",
    file: `${backfill}/verify/count-on-spark.ts`,
    guard: "if (counts.rows !== rowsTold || events !== eventsTold)",
    taken:
      "if (counts.rows < rowsTold - rowsTold || events < eventsTold - eventsTold)",
    test: `${backfill}/verify/count-on-spark`,
  },
  {
    without:
      "a worker that shuts down kills the application that the next attempt waits for",
    file: `${backfill}/submitter.ts`,
    guard: "if (cancellationDetails()?.cancelRequested !== true) throw error;",
    taken: "if (!cancellationDetails()) throw error;",
    test: `${backfill}/submitter`,
  },
  {
    without: "rows that DuckDB does not give are not missed",
    file: `${backfill}/verify/row-counts.ts`,
    guard: "if (counts.rows !== told)",
    taken: "if (counts.rows < 0)",
    test: `${backfill}/verify/row-reading`,
  },
  {
    without: "events that DuckDB loses on their way count as having a row",
    file: `${backfill}/verify/row-counts.ts`,
    guard: "if (events !== hour.events)",
    taken: "if (events < 0)",
    test: `${backfill}/verify/row-counts`,
  },
  {
    without: "a data file whose beginning is damaged passes for a whole one",
    file: "clients/hdfs/parquet.ts",
    guard: "told(path, () => checkHead(head));",
    taken: "void checkHead;",
    test: `${backfill}/verify/row-reading`,
  },
  {
    without: "a query of DuckDB's reads any file of the machine",
    file: "clients/duckdb/temporary-folder.ts",
    guard: 'await connection.run("set global enable_external_access = false");',
    taken: "",
    test: "clients/duckdb/engine",
  },
  {
    without: "a metastore's answer of no length ends the process",
    file: "clients/hive/hive.ts",
    guard: "fail(error as Error);",
    taken: "throw error;",
    test: "clients/hive/hive",
  },
  {
    without: "a list of accounts given as a configuration is in a log",
    file: "domain/settings/issues-text.ts",
    guard: "keys.slice(0, MAX_NAMES)",
    taken: "keys.slice(0)",
    test: "domain/settings/config",
  },
  {
    without: "a password beside a fault of YAML is in a log",
    file: "workers/config.ts",
    guard: '.replace(PLACE, "").replace(QUOTED, "")',
    taken: '.replace(PLACE, "")',
    test: "workers/config",
  },
  {
    without: "a KDC that does not answer takes all of the process' threads",
    file: "clients/kerberos/kerberos.ts",
    guard: "const result = last.then(() => {",
    taken: "const result = Promise.resolve().then(() => {",
    test: "clients/kerberos/kerberos",
  },
  {
    without: "a KDC's silence is told as that of a metastore or of Kafka",
    file: "clients/kerberos/kerberos.ts",
    guard: "Math.max(0, until - Date.now()),",
    taken: "KDC_MS,",
    test: "clients/kerberos/kerberos",
  },
  {
    without: "a KDC's silence is told as that of a NameNode",
    file: "clients/kerberos/negotiate.ts",
    guard: "const ms = KDC_MS + timeoutMs;",
    taken: "const ms = KDC_MS > 0 ? timeoutMs : 0;",
    test: "clients/kerberos/negotiate",
  },
  {
    without: "nobody hears that a service takes a name alone",
    file: "clients/hadoop-access.ts",
    guard: "negotiate.over(named(trusted))",
    taken: "negotiate.over(trusted)",
    test: "clients/hadoop-access",
  },
  {
    without: "a Hadoop configuration without what it includes passes for all",
    file: "formats/hadoop/configuration.ts",
    guard: "if (fallback) return propertiesOf(fallback.content, included);",
    taken: "return fallback ? propertiesOf(fallback.content, included) : [];",
    test: "formats/hadoop/configuration",
  },
  {
    without: "Hadoop's files that include one another are read for ever",
    file: "workers/hadoop-conf.ts",
    guard: "if (depth > MAX_DEPTH)",
    taken: "if (depth > 10 * MAX_DEPTH)",
    test: "workers/hadoop-conf",
  },
  {
    without: "a NameNode's token is in a message",
    file: "clients/hadoop-answer.ts",
    guard: '.replace(/\\bdelegation=[^&\\s]*/g, "delegation=…")',
    taken: "",
    test: "clients/hdfs/hdfs",
  },
  {
    without: "a cookie that has ended keeps everybody out",
    file: "clients/kerberos/negotiate.ts",
    guard: "return now === undefined || now === before",
    taken: "return now === undefined",
    test: "clients/kerberos/negotiate",
  },
  {
    without: "a proof that failed keeps all later requests out",
    file: "clients/kerberos/negotiate.ts",
    guard: "if (this.known.get(origin) === known) this.known.delete(origin);",
    taken: "void origin;",
    test: "clients/kerberos/negotiate",
  },
  {
    without: "tickets lie where others read them",
    file: "clients/kerberos/kerberos.ts",
    guard: "(found.mode & 0o077) !== 0",
    taken: "found.size < 0",
    test: "clients/kerberos/kerberos",
  },
  {
    without: "one client's identity becomes another's",
    file: "clients/kerberos/kerberos.ts",
    guard: "if (taken !== undefined && taken !== whom)",
    taken: "if (taken === null)",
    test: "clients/kerberos/kerberos",
  },
  {
    without: "messages that are not signed go to a service that wants them so",
    file: "clients/kerberos/sasl.ts",
    guard: "if (((offer[0] ?? 0) & NO_LAYER) === 0)",
    taken: "if (offer.length < 0)",
    test: "clients/kerberos/sasl",
  },
  {
    without: "a metastore that never said so counts as one that believes us",
    file: "clients/hive/sasl-socket.ts",
    guard: 'if ((status as SaslStatus) !== "complete")',
    taken: 'if ((status as string) === "")',
    test: "clients/hive/sasl-socket",
  },
  {
    without: "a request to HDFS names another user than its proof",
    file: "clients/hdfs/webhdfs-transport.ts",
    guard: "this.user = access.byKerberos ? undefined : address.user;",
    taken: "this.user = address.user;",
    test: "clients/hdfs/hdfs",
  },
  {
    without: "an importer begins after another attempt has taken over",
    file: `${backfill}/drivers.ts`,
    guard: "    await jobs.prepare();\n",
    taken: "",
    test: `${backfill}/drivers`,
  },
  {
    without:
      "a change that may have been made over TLS is made again elsewhere",
    file: "clients/hadoop-access.ts",
    guard: "if (isNotBelieved(code))",
    taken: "if (isTlsCode(code))",
    test: "clients/hadoop-access",
  },
  {
    without:
      "a broker that does not answer takes tickets from running programs",
    file: "clients/kerberos/sasl.ts",
    guard: "if (isDisbelief(error)) kerberos.forgetTickets();",
    taken: "void isDisbelief; kerberos.forgetTickets();",
    test: "clients/kerberos/sasl",
  },
  {
    without: "commands that are started get Sisyphus' secrets",
    file: "clients/commands.ts",
    guard: "filter(([name]) => !isHidden(name))",
    taken: "filter(([name]) => isHidden(name) || true)",
    test: "clients/commands",
  },
  {
    without: "a saga that looks for nothing waits for MySQL",
    file: `${backfill}/search/collect-mysql.ts`,
    guard: "if (openMysql && topics.length > 0)",
    taken: "if (openMysql)",
    test: `${backfill}/search/collect-mysql`,
  },
  {
    without: "a right that could not be tried looks like one that is there",
    file: "cli/checks/rights.ts",
    guard: "return isUntried(rights) ? EXIT.untried : EXIT.ok;",
    taken: "return isUntried(rights) ? EXIT.ok : EXIT.ok;",
    test: "cli/checks/exit-code",
  },
  {
    without: "a table behind the first that must not be read is called ok",
    file: "cli/checks/mysql-rights.ts",
    guard: "if (await isDeniedOn(name)) lacking.push(name);",
    taken:
      "if (name === tried[0]?.name && (await isDeniedOn(name))) lacking.push(name);",
    test: "cli/checks/mysql-rights",
  },
  {
    without: "a part of a password is printed where quotes in JAAS are wrong",
    file: "formats/kafka/jaas.ts",
    guard: 'OPTIONS.has(key.text) ? key.text : "an option"',
    taken: "OPTIONS.has(key.text) ? key.text : key.text",
    test: "formats/kafka/jaas",
  },
  {
    without:
      "brokers are asked another way than a client's properties say, where these cannot be taken",
    file: "cli/first-config.ts",
    guard: "if (client?.blocked !== undefined)",
    taken: "if (client?.blocked === null)",
    test: "cli/kafka-properties",
  },
  {
    without: "a password of a Java client's properties is written",
    file: "domain/settings/kafka-client-draft.ts",
    guard: "const secret = { file: `${FOLDER}/${FILES[field]}` };",
    taken: "const secret = { file: value ?? `${FOLDER}/${FILES[field]}` };",
    test: "cli/kafka-properties",
  },
  {
    without: "a password behind a stray backslash is repeated as a value",
    file: "domain/settings/kafka-client-draft.ts",
    guard: "isHarmless(value)\n    ?",
    taken: 'value !== ""\n    ?',
    test: "domain/settings/kafka-client",
  },
  {
    without:
      "a password behind a stray backslash is written as a path or a name",
    file: "domain/settings/kafka-client.ts",
    guard: "if (TELLING.test(key) && hasNextLine(key, value)) {",
    taken: 'if (TELLING.test(key) && hasNextLine(key, "")) {',
    test: "cli/kafka-properties",
  },
  {
    without: "a token endpoint's password is written",
    file: "domain/settings/kafka-client-sasl.ts",
    guard: "const endpoint = isSecret ? undefined : told;",
    taken: "const endpoint = told;",
    test: "cli/kafka-properties",
  },
  {
    without: "a device that is given for properties is read",
    file: "cli/kafka-properties.ts",
    guard: "if (stat.isFile() || stat.isDirectory())",
    taken: "if (!stat.isFIFO())",
    test: "cli/kafka-properties",
  },
  {
    without: "an hour that is pending or unknowable may be used by others",
    file: "domain/audit/hour-state.ts",
    guard: 'if (isUnsettled(verdict)) return "undecided";',
    taken: "",
    test: "domain/audit/hour-state",
  },
  {
    without:
      "an hour of a topic that is gone, and of which nothing is known, may be used",
    file: "domain/audit/hour-state.ts",
    guard: "unsettledHours(audit, [hour])[hour] ?? audit.cells[hour]",
    taken: "audit.cells[hour]",
    test: "domain/audit/hour-state",
  },
  {
    without: "an hour of a topic that was not audited rightly may be used",
    file: "domain/audit/hour-state.ts",
    guard: "if (problem !== undefined)",
    taken: "if (problem === null)",
    test: "domain/audit/hour-state",
  },
  {
    without: "an hour may be used though a service did not answer its audit",
    file: "domain/audit/hour-state.ts",
    guard: "if (outage) return",
    taken: "if (outage === null) return",
    test: "domain/audit/hour-state",
  },
  {
    without: "an hour may be used while its events may still come",
    file: "domain/audit/hour-state.ts",
    guard: "return rightAsOf(report) < decided",
    taken: "return rightAsOf(report) < 0",
    test: "domain/audit/hour-state",
  },
  {
    without: "an audit that was told an instant to come vouches for the time",
    file: "domain/audit/hour-state.ts",
    guard: "Math.min(Date.parse(asOf), Date.parse(startedAt))",
    taken: "Date.parse(asOf)",
    test: "domain/audit/hour-state",
  },
  {
    without: "an hour outside of an audit's range passes for an empty one",
    file: "domain/audit/hour-state.ts",
    guard: "if (!inRange(hour, report.range))",
    taken: "if (!inRange(since, report.range))",
    test: "domain/audit/hour-state",
  },
  {
    without: "an old audit passes for a fresh one",
    file: "domain/audit/hour-state.ts",
    guard: "return age > maxAge",
    taken: "return age > Infinity",
    test: "domain/audit/hour-state",
  },
  {
    without:
      "a table may be used though an audit of chosen topics left others of it out",
    file: "domain/audit/usable-hours.ts",
    guard: "return report?.listsAll === true",
    taken: "return report !== undefined",
    test: "domain/audit/usable-hours",
  },
  {
    without:
      "a topic that an audit could not list does not count for its table",
    file: "workflows/audit/hourly-audit.ts",
    guard: "listsAll: input.topics === undefined && problems.length === 0,",
    taken: "listsAll: true,",
    test: "workflow/audit-outage",
  },
  {
    without: "a parameter that is written wrongly has an old audit answer",
    file: "domain/settings/hour-question.ts",
    guard: "export const hourQuestion = z.strictObject({",
    taken: "export const hourQuestion = z.object({",
    test: "workers/hours-api",
  },
  {
    without: "an exception's words, records among them, are repeated",
    file: "formats/gobblin/task-properties.ts",
    guard: "named(first)",
    taken: "trace",
    test: "formats/gobblin/dataset-state",
  },
  {
    without: "a state file that is being written counts as one without tasks",
    file: "formats/gobblin/dataset-state.ts",
    guard: "if (states.length === 0)",
    taken: "if (false)",
    test: "formats/gobblin/dataset-state",
  },
  {
    without:
      "an importer's file that is away for a moment leaves its positions unknown",
    file: "importers/gobblin/state-store.ts",
    guard: 'i < ATTEMPTS && "problem" in read',
    taken: "false",
    test: "importers/gobblin/state-store",
  },
  {
    without: "a run that cannot be read makes the next one seem to jump",
    file: "importers/gobblin/advances.ts",
    guard: "isUnreadable ? { before: { to: low } } : {}",
    taken: "{}",
    test: "importers/gobblin/runs",
  },
  {
    without:
      "a partition that is new to Gobblin has lost all that was deleted before",
    file: "formats/gobblin/task-properties.ts",
    guard: "/^[1-9]\\d{0,18}$/",
    taken: "/^\\d{1,19}$/",
    test: "importers/gobblin/runs",
  },
  {
    without: "what an abort takes back of Gobblin counts as a second import",
    file: "importers/gobblin/runs.ts",
    guard: "...(all[0] ? { takenBack: all[0] } : {})",
    taken: "",
    test: "importers/gobblin/standing",
  },
  {
    without:
      "a position that a saga has put back is imported until then, as if nothing were unread",
    file: "importers/gobblin/runs.ts",
    guard: "until === undefined || writtenBy !== undefined",
    taken: "until === undefined",
    test: "importers/gobblin/standing",
  },
  {
    without: "topics of nobody's saga are new to Gobblin after an abort",
    file: "importers/gobblin/standing.ts",
    guard: "...[...now].filter(([, one]) => !isOfTopics(one)),",
    taken: "",
    test: "importers/gobblin/standing",
  },
  {
    without:
      "where a run's file is gone, an abort has Gobblin read its topics as new ones",
    file: "importers/gobblin/standing.ts",
    guard: 'if (!file && isOfJob(run, series) && series.dataset === "")',
    taken: "if (false)",
    test: "importers/gobblin/standing",
  },
  {
    without:
      "offsets of a failed task, which Gobblin calls committed, are lost unseen in a compacted topic",
    file: "activities/audit/evidence/ledger-gaps.ts",
    guard: "isEvery || task?.failure !== undefined",
    taken: "isEvery",
    test: "activities/audit/evidence/gobblin-audit",
  },
  {
    without:
      "records that one task lost are missing though another has read them again",
    file: "domain/audit/task-ledger.ts",
    guard: "Math.min(each.records, elsewhere)",
    taken: "each.records",
    test: "domain/audit/task-ledger",
  },
  {
    without: "to verify a gap, every raw file that there ever was is read",
    file: "activities/audit/evidence/ledger-gaps.ts",
    guard: "task === undefined || tasks.has(task)",
    taken: "true",
    test: "activities/audit/evidence/gobblin-audit",
  },
  {
    without:
      "files whose names tell no offsets are taken for copies of one another",
    file: "domain/audit/perhaps-twice.ts",
    guard: "files.filter(({ task }) => task === undefined)",
    taken: "files",
    test: "domain/audit/task-ledger",
  },
];
