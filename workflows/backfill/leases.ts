import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import {
  type AnswerDue,
  answersDue,
  enterRequest,
  giveBack,
  grantWhatIsFree,
  type LeaseAnswer,
  type LeaseBook,
  type LeaseRequest,
  newLeaseBook,
} from "../../domain/backfill/leases";
import { instant } from "../../lib/time";
import { leaseBookPage } from "../../reports/lease-book";
import { control } from "../support/activities";

/** A saga asks for what it is about to change; it is answered by {@link leaseAnswer}. Asking again is answered again. */
export const requestLease = defineSignal<[LeaseRequest]>("request");
/** A saga gives back what a request of this id holds, or does not want it any more. */
export const returnLease = defineSignal<[id: string]>("return");
export const leaseBook = defineQuery<LeaseBook>("progress");
/** What a saga is told: its request is granted, or who is in the way. */
export const leaseAnswer = defineSignal<[LeaseAnswer]>("lease");

/** How often somebody looks, while a saga waits, whether those in its way still live. */
const LOOK_AGAIN = "30 seconds";

/**
 * One book of leases for all sagas, so that no two change the same topic, run the importer, or run Refine, at the same time. A saga gives back what it
 * holds; of one that was terminated and cannot, it is taken once another wants it.
 */
export async function leases(
  carried?: LeaseBook,
  toAnswer: string[] = [],
): Promise<void> {
  const book = carried ?? newLeaseBook();
  // Where the workflow before was terminated, sagas hold what it had granted, and do not ask again.
  const kept = carried ? undefined : await control.book.readLeaseBook();
  if (kept) book.held.push(...kept.held);
  // What is carried may have changed since it was stored.
  let stored = carried ? "" : JSON.stringify(book.held);
  /** Requests that are to be answered. */
  const asked = new Set(toAnswer);
  /** What sagas that wait have heard last. */
  const told = new Map<string, string>();
  let isChanged = true;
  const change = (id: string, how: () => void) => {
    how();
    asked.add(id);
    isChanged = true;
  };

  setHandler(leaseBook, () => book);
  setHandler(requestLease, (request) =>
    change(request.id, () => enterRequest(book, request, instant(Date.now()))),
  );
  setHandler(returnLease, (id) => change(id, () => giveBack(book, id)));

  for (;;) {
    if (book.waiting.length === 0) await condition(() => isChanged);
    else await condition(() => isChanged, LOOK_AGAIN);
    isChanged = false;
    const waited = book.waiting.map(({ id }) => id);
    grantWhatIsFree(book, instant(Date.now()));
    if (book.waiting.length > 0) {
      await forgetTheDead(book);
      grantWhatIsFree(book, instant(Date.now()));
    }
    const held = JSON.stringify(book.held);
    if (held !== stored) await control.book.keepLeaseBook(book);
    stored = held;
    const answers = answersDue(book, { waited, asked, told });
    // What comes in from here on is answered in the next round.
    asked.clear();
    for (const due of answers)
      isChanged = !(await answer(book, due)) || isChanged;
    setCurrentDetails(leaseBookPage(book));
    // Not only in a quiet moment: where many sagas come and go there may be none.
    if (workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof leases>(book, [...asked]);
  }
}

/** Takes their leases from sagas that have ended without giving them back. Where that cannot be told now, nothing is taken. */
async function forgetTheDead(book: LeaseBook): Promise<void> {
  const sagas = [...book.held, ...book.waiting].map(
    ({ id, workflowId, firstRunId }) => ({ id, workflowId, firstRunId }),
  );
  const ended = await control.read.endedSagas({ sagas }).catch(() => []);
  for (const id of ended) giveBack(book, id);
}

/** Tells a saga how its request stands. @returns false where the saga has ended meanwhile, and its request is forgotten */
async function answer(
  book: LeaseBook,
  { workflowId, ...told }: AnswerDue,
): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(leaseAnswer, told);
    return true;
  } catch {
    giveBack(book, told.id);
    return false;
  }
}
