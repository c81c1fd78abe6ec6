import {
  ANSWERS,
  APPROVED,
  fails,
  never,
  PLAN,
  scriptedSagas,
} from "../support/scripted-saga";

const withSaga = scriptedSagas();

const EDIT = PLAN.topics[0]!;
/** A plan of two topics. */
const TWO = {
  ...PLAN,
  topics: [EDIT, { ...EDIT, topic: "eventlogging_Other", tableDir: "Other" }],
};

/** Remembers what an activity was given, and answers as it would. */
function heard<T>(answer: T) {
  const inputs: unknown[] = [];
  return {
    inputs,
    activity: async (input: unknown) => {
      inputs.push(input);
      return answer;
    },
  };
}

test("an abort undoes in reverse and says what it undid", async () => {
  await withSaga(
    { verify: never, scanLogs: fails("no logs") },
    APPROVED,
    async (saga) => {
      await saga.reaches("scan logs", "failed");
      await saga.update("abort", "wrong week");
      const message = await saga.failure();
      expect(message).toContain("aborted: wrong week");
      expect(message).toContain(
        "restore flags: 1 flags; restore offsets: positions of 1 topics",
      );
      expect(message).toContain("replayed events stay in Kafka");
      expect(saga.calls.slice(-2)).toEqual(["restoreFlags", "restoreOffsets"]);
    },
  );
});

test("an abort during the hold puts retention back, and names what could not be undone", async () => {
  await withSaga(
    {
      resetImport: fails("YARN is down"),
      restoreOffsets: fails("HDFS is down"),
    },
    APPROVED,
    async (saga) => {
      await saga.reaches("reset import", "failed");
      await saga.update("abort");
      expect(await saga.failure()).toContain(
        "restore offsets: NOT undone (HDFS is down); restore retention: 1 topics",
      );
      expect(saga.calls).toContain("restoreRetention");
    },
  );
});

test("an abort when only some topics are held puts those back", async () => {
  await withSaga(
    { holdRetention: fails("Kafka is down") },
    APPROVED,
    async (saga) => {
      await saga.reaches("hold retention", "failed");
      await saga.update("abort");
      expect(await saga.failure()).toContain("restore retention");
      expect(saga.calls.at(-1)).toBe("restoreRetention");
    },
  );
});

test("a cancel from the Web UI means the same as an abort", async () => {
  await withSaga({ resetImport: fails("x") }, APPROVED, async (saga) => {
    await saga.reaches("reset import", "failed");
    await saga.cancel();
    await saga.ends();
    expect(saga.calls.slice(-2)).toEqual([
      "restoreOffsets",
      "restoreRetention",
    ]);
  });
});

test("a topic that is skipped after its flags were cleared is put back before the next step, as an abort would, and left alone", async () => {
  const flags = heard(2);
  const offsets = heard(["eventlogging_Other"]);
  const submitted = heard({ applicationId: "application_1_1", link: "l" });
  await withSaga(
    {
      makePlan: async () => TWO,
      restoreFlags: flags.activity,
      restoreOffsets: offsets.activity,
      submitRefine: submitted.activity,
      awaitRefine: fails("Refine failed"),
    },
    APPROVED,
    async (saga) => {
      await saga.reaches("refine", "failed");
      expect(flags.inputs).toEqual([]);
      await saga.update("skipTopic", "eventlogging_Other");
      await saga.update("retryStep");
      await saga.hasCalled("submitRefine", 2);
      expect(saga.calls).toEqual(
        expect.arrayContaining(["leaveAlone", "restoreFlags"]),
      );
      expect(flags.inputs).toEqual([
        { planRef: PLAN.ref, only: ["eventlogging_Other"] },
      ]);
      expect(offsets.inputs).toEqual([
        {
          after: PLAN.importerRun,
          topics: ["eventlogging_Other"],
          goesOn: true,
        },
      ]);
      expect(submitted.inputs.at(-1)).toMatchObject({ only: ["Edit"] });
      expect((await saga.progress()).putBack).toEqual([
        "eventlogging_Other: restore flags: 2 flags; restore offsets: positions of 1 topics",
      ]);
      await saga.reaches("refine", "failed");
      await saga.update("abort");
      await saga.failure();
      // What was put back belongs to others from then on.
      expect(offsets.inputs.at(-1)).toEqual({
        after: PLAN.importerRun,
        topics: ["eventlogging_Edit"],
      });
    },
  );
}, 60_000);

test("an abort after the proof leaves the importer where it is, and one that wants it back says so", async () => {
  await withSaga(
    { writeReport: fails("storage is full") },
    APPROVED,
    async (saga) => {
      await saga.reaches("report", "failed");
      expect((await saga.progress()).undoable).toEqual(["restore flags"]);
      await saga.update("abort", "enough");
      expect(await saga.failure()).toContain(
        'no "restore offsets": what was changed is imported, refined and verified',
      );
      expect(saga.calls).not.toContain("restoreOffsets");
    },
  );
  await withSaga(
    { writeReport: fails("storage is full") },
    APPROVED,
    async (saga) => {
      await saga.reaches("report", "failed");
      await saga.update("abort", "enough", true);
      expect(await saga.failure()).toContain("restore offsets: positions of");
    },
  );
});

test("a topic that is skipped while rows are verified is put back, although the proof of the others holds", async () => {
  const offsets = heard(["eventlogging_Other"]);
  let open = () => undefined as void;
  const opened = new Promise<void>((done) => (open = done));
  await withSaga(
    {
      makePlan: async () => TWO,
      restoreOffsets: offsets.activity,
      verify: async () => {
        await opened;
        return ANSWERS["verify"];
      },
      writeReport: fails("storage is full"),
    },
    APPROVED,
    async (saga) => {
      await saga.hasCalled("verify");
      await saga.update("skipTopic", "eventlogging_Other");
      open();
      await saga.reaches("report", "failed");
      expect(offsets.inputs).toEqual([
        {
          after: PLAN.importerRun,
          topics: ["eventlogging_Other"],
          goesOn: true,
        },
      ]);
    },
  );
});

test("an abort after a proof with a problem puts the importer back", async () => {
  const verify = heard({
    partitions: 1,
    rows: 2,
    distinct: 2,
    duplicates: 0,
    found: 2,
    expected: 3,
    withIp: 2,
    geocoded: 2,
    problems: ["one event has no row"],
    findings: [],
  });
  await withSaga(
    { verify: verify.activity, writeReport: fails("storage is full") },
    APPROVED,
    async (saga) => {
      await saga.reaches("report", "failed");
      await saga.update("abort");
      await saga.failure();
      expect(saga.calls).toContain("restoreOffsets");
    },
  );
});
