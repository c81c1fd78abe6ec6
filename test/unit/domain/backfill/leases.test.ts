import {
  answersDue,
  answerTo,
  enterRequest,
  giveBack,
  grantWhatIsFree,
  type LeaseBook,
  type LeaseRequest,
  newLeaseBook,
  waitingText,
} from "../../../../domain/backfill/leases";

const AT = "2018-07-05T12:00:00.000Z";
const request = (id: string, ...resources: string[]): LeaseRequest => ({
  id,
  workflowId: `backfill/${id}`,
  firstRunId: `run of ${id}`,
  resources,
  number: 1,
  standing: [id],
});

/** A book into which these were entered one after another, and what was free was granted each time. */
function bookOf(...requests: LeaseRequest[]): LeaseBook {
  const book = newLeaseBook();
  for (const each of requests) {
    enterRequest(book, each, AT);
    grantWhatIsFree(book, AT);
  }
  return book;
}
const idsOf = (leases: { id: string }[]) => leases.map(({ id }) => id);

test("of two that want the same topic, the second waits and is told for whom", () => {
  const book = bookOf(
    request("first", "topic:A", "topic:B"),
    request("second", "topic:B", "topic:C"),
  );
  expect(idsOf(book.held)).toEqual(["first"]);
  const answer = answerTo(book, "second")!;
  expect(answer.granted).toBe(false);
  expect(waitingText(answer)).toBe("waits for backfill/first, which has B");
  giveBack(book, "first");
  expect(idsOf(grantWhatIsFree(book, AT))).toEqual(["second"]);
  expect(answerTo(book, "second")).toMatchObject({ granted: true });
});

test("a saga is not kept waiting by what it has given back, where the word of that was lost", () => {
  const saga = { workflowId: "backfill/own", firstRunId: "r" };
  const of = (number: number, standing: string[], ...resources: string[]) => ({
    ...saga,
    id: `own/${number}`,
    number,
    standing,
    resources,
  });
  const book = bookOf(
    of(1, ["own/1"], "topic:A"),
    of(2, ["own/1", "own/2"], "importer"),
  );
  // The second was given back; the book has not heard of it.
  enterRequest(book, of(3, ["own/1", "own/3"], "importer"), AT);
  grantWhatIsFree(book, AT);
  expect(idsOf(book.held)).toEqual(["own/1", "own/3"]);
  // A request that comes once more, late, says nothing of those after it.
  enterRequest(book, of(2, ["own/1", "own/2"], "importer"), AT);
  grantWhatIsFree(book, AT);
  expect(idsOf(book.held)).toEqual(["own/1", "own/3"]);
});

test("those that want different topics do not wait for one another", () => {
  const book = bookOf(
    request("first", "topic:A"),
    request("second", "topic:B"),
  );
  expect(idsOf(book.held)).toEqual(["first", "second"]);
});

test("one that waits holds nothing, and is not overtaken by a later one that wants a part of the same", () => {
  const book = bookOf(
    request("first", "topic:A"),
    request("large", "topic:A", "topic:B"),
    request("small", "topic:B"),
    request("other", "topic:C"),
  );
  expect(idsOf(book.held)).toEqual(["first", "other"]);
  expect(waitingText(answerTo(book, "small")!)).toBe(
    "waits for backfill/large, which has B",
  );
  giveBack(book, "first");
  expect(idsOf(grantWhatIsFree(book, AT))).toEqual(["large"]);
});

test("a request that is made again stays where it is, and one that is withdrawn is forgotten", () => {
  const book = bookOf(
    request("first", "topic:A"),
    request("second", "topic:A"),
    request("third", "topic:A"),
    request("second", "topic:A"),
  );
  expect(idsOf(book.waiting)).toEqual(["second", "third"]);
  giveBack(book, "second");
  expect(answerTo(book, "second")).toBeUndefined();
  giveBack(book, "first");
  expect(idsOf(grantWhatIsFree(book, AT))).toEqual(["third"]);
});

test("the importer and a topic of that name are two things", () => {
  const book = bookOf(
    request("first", "importer"),
    request("second", "topic:importer"),
  );
  expect(book.waiting).toEqual([]);
});

test("whoever waits hears what has changed for it, and nothing at every look", () => {
  const book = bookOf(
    request("first", "topic:A"),
    request("other", "topic:B"),
    request("second", "topic:A", "topic:B"),
  );
  const told = new Map<string, string>();
  const due = (...asked: string[]) =>
    answersDue(book, {
      waited: idsOf(book.waiting),
      asked: new Set(asked),
      told,
    }).map(({ id, granted, blockedBy }) => [id, granted, blockedBy.length]);
  expect(due("second")).toEqual([["second", false, 2]]);
  expect(due()).toEqual([]);
  // Who asks again is answered again.
  expect(due("second")).toEqual([["second", false, 2]]);
  giveBack(book, "other");
  expect(due()).toEqual([["second", false, 1]]);
  giveBack(book, "first");
  const waited = idsOf(book.waiting);
  grantWhatIsFree(book, AT);
  expect(answersDue(book, { waited, asked: new Set(), told })).toMatchObject([
    { id: "second", workflowId: "backfill/second", granted: true },
  ]);
  expect(due()).toEqual([]);
});
