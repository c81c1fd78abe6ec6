/** The workflow id of the leases: there is one book of them for all sagas. */
export const LEASES_ID = "leases";

/**
 * What one saga at a time may change: a topic (its retention, its position, its events, its flags), the importer (which keeps the positions of
 * all topics in one place, so that two of its runs side by side undo one another), and Refine.
 */
export type Resource = `topic:${string}` | "importer" | "refine";

export const topicLease = (topic: string): Resource => `topic:${topic}`;

/** A resource as people read it. */
export const resourceName = (resource: string): string =>
  resource.startsWith("topic:")
    ? resource.slice("topic:".length)
    : `the ${resource}`;

/** What a saga asks for: all of it together, or none of it yet. */
export type LeaseRequest = {
  /** Names the request, once for all: the saga, and a number of its own. */
  id: string;
  /** The saga's workflow id. */
  workflowId: string;
  /** The id of the first run of that workflow, which tells sagas of one workflow id apart. */
  firstRunId: string;
  resources: string[];
  /** Which of the saga's requests it is, counted from 1. */
  number: number;
  /** The ids of the saga's requests that it has not given back by then, this one included. */
  standing: string[];
};

/** A request, and since when (ISO-8601, UTC) it holds, or waits for, what it asks for. */
export type Lease = LeaseRequest & { since: string };

/** All leases: carried from one run of their workflow to the next, so that fields keep their names. */
export type LeaseBook = {
  held: Lease[];
  /** Those who wait, in the order in which they came. */
  waiting: Lease[];
};

/** What a saga is told of its request. */
export type LeaseAnswer = {
  /** Of the request. */
  id: string;
  granted: boolean;
  /** Who holds, or asked earlier for, something of it; empty where it is granted. At most {@link MAX_TOLD}. */
  blockedBy: { workflowId: string; resource: string }[];
};

/** An answer, and the workflow id of the saga that is to have it. */
export type AnswerDue = LeaseAnswer & { workflowId: string };

/** So many of those that are in the way are told: an answer is a line on a page. */
export const MAX_TOLD = 20;

export const newLeaseBook = (): LeaseBook => ({ held: [], waiting: [] });

/**
 * Takes in a request; one that is known already changes nothing. What the saga had asked for before and says nothing of any more, it has given
 * back, and the word of that was lost with a book which could not be stored: a saga must not wait for itself.
 * @param at ISO-8601, UTC
 */
export function enterRequest(
  book: LeaseBook,
  request: LeaseRequest,
  at: string,
): void {
  const { workflowId, firstRunId, number, standing } = request;
  const isGivenBack = (lease: LeaseRequest) =>
    lease.workflowId === workflowId &&
    lease.firstRunId === firstRunId &&
    lease.number < number &&
    !standing.includes(lease.id);
  for (const { id } of [...book.held, ...book.waiting].filter(isGivenBack))
    giveBack(book, id);
  const isKnown = [...book.held, ...book.waiting].some(
    ({ id }) => id === request.id,
  );
  if (!isKnown) book.waiting.push({ ...request, since: at });
}

/**
 * Grants every waiting request nothing of which is held, or is wanted by one that has waited longer: a saga of many topics is not overtaken
 * for ever by small ones. @param at ISO-8601, UTC @returns those that were granted
 */
export function grantWhatIsFree(book: LeaseBook, at: string): Lease[] {
  const taken = new Set(book.held.flatMap(({ resources }) => resources));
  const granted: Lease[] = [];
  for (const request of book.waiting) {
    if (!request.resources.some((resource) => taken.has(resource)))
      granted.push({ ...request, since: at });
    for (const resource of request.resources) taken.add(resource);
  }
  const ids = new Set(granted.map(({ id }) => id));
  book.waiting = book.waiting.filter(({ id }) => !ids.has(id));
  book.held.push(...granted);
  return granted;
}

/** Gives back what a request holds, or withdraws it. */
export function giveBack(book: LeaseBook, id: string): void {
  book.held = book.held.filter((lease) => lease.id !== id);
  book.waiting = book.waiting.filter((lease) => lease.id !== id);
}

/** Who holds a resource; undefined where nobody does. */
export const holderOf = (
  { held }: Pick<LeaseBook, "held">,
  resource: Resource,
): Lease | undefined =>
  held.find(({ resources }) => resources.includes(resource));

/** What a saga is to be told of its request. @returns undefined where nobody knows of it */
export function answerTo(
  { held, waiting }: LeaseBook,
  id: string,
): AnswerDue | undefined {
  const holder = held.find((lease) => lease.id === id);
  if (holder)
    return { id, workflowId: holder.workflowId, granted: true, blockedBy: [] };
  const at = waiting.findIndex((lease) => lease.id === id);
  if (at < 0) return undefined;
  const { workflowId, resources } = waiting[at]!;
  const wanted = new Set(resources);
  const blockedBy = [...held, ...waiting.slice(0, at)].flatMap((inTheWay) =>
    inTheWay.resources
      .filter((resource) => wanted.has(resource))
      .map((resource) => ({ workflowId: inTheWay.workflowId, resource })),
  );
  return {
    id,
    workflowId,
    granted: false,
    blockedBy: blockedBy.slice(0, MAX_TOLD),
  };
}

/**
 * The answers that are due: to those who have asked just now, and to those who wait, or did, and have heard another. A saga may wait for days,
 * and takes no more signals than there are news.
 * @param to `told` is what each has heard last, by the id of the request; it is brought up to date
 */
export function answersDue(
  book: LeaseBook,
  to: {
    waited: Iterable<string>;
    asked: ReadonlySet<string>;
    told: Map<string, string>;
  },
): AnswerDue[] {
  const { waited, asked, told } = to;
  return [...new Set([...waited, ...asked])].flatMap((id) => {
    const answer = answerTo(book, id);
    const text = JSON.stringify(answer);
    const isNews = asked.has(id) || told.get(id) !== text;
    if (answer && !answer.granted) told.set(id, text);
    else told.delete(id);
    return answer && isNews ? [answer] : [];
  });
}

/** Whom a saga waits for, in a few words. */
export function waitingText({ blockedBy }: LeaseAnswer): string {
  const byHolder = new Map<string, string[]>();
  for (const { workflowId, resource } of blockedBy)
    byHolder.set(workflowId, [
      ...(byHolder.get(workflowId) ?? []),
      resourceName(resource),
    ]);
  return `waits for ${[...byHolder]
    .map(
      ([workflowId, names]) =>
        `${workflowId}, which has ${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`,
    )
    .join("; ")}`;
}
