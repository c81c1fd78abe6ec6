import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import {
  type LeaseAnswer,
  LEASES_ID,
  type Resource,
  waitingText,
} from "../../domain/backfill/leases";
import { control } from "../support/activities";
import { changedBy } from "../support/patches";
import { leaseAnswer, returnLease } from "./leases";

/** A saga that waits asks again after so long: the book of leases may have been terminated and begun anew. */
const ASK_AGAIN = "5 minutes";

type OnWait = (text: string | undefined) => void;

/** What a saga has asked for. */
type Request = {
  resources: Resource[];
  isGranted: boolean;
  hear: (answer: LeaseAnswer) => void;
};

/** The leases of one saga. Sagas that began before there were leases take none. */
export class HeldLeases {
  private readonly requests = new Map<string, Request>();
  private asked = 0;

  constructor() {
    setHandler(leaseAnswer, async (answer) => {
      const request = this.requests.get(answer.id);
      if (request) request.hear(answer);
      // What was given back while it was asked for may have been given back before the book had heard of it.
      else await this.giveBack(answer.id);
    });
  }

  /** Whether everything of these is held by now. */
  holds(resources: Resource[]): boolean {
    const held = new Set(
      [...this.requests.values()]
        .filter(({ isGranted }) => isGranted)
        .flatMap((request) => request.resources),
    );
    return resources.every((resource) => held.has(resource));
  }

  /**
   * Waits until this saga alone may change these.
   * @param onWait is told in a few words whom it waits for, whenever that changes, and undefined once it waits no longer
   */
  async take(resources: Resource[], onWait: OnWait): Promise<void> {
    const { workflowId, firstExecutionRunId: firstRunId } = workflowInfo();
    const number = ++this.asked;
    const id = `${workflowId}@${firstRunId}/${number}`;
    let told = "";
    const request: Request = {
      resources,
      isGranted: false,
      hear(answer) {
        request.isGranted = answer.granted;
        if (answer.granted || told === waitingText(answer)) return;
        onWait((told = waitingText(answer)));
      },
    };
    this.requests.set(id, request);
    try {
      do
        await control.read.requestLease({
          id,
          workflowId,
          firstRunId,
          resources,
          number,
          standing: [...this.requests.keys()],
        });
      while (!(await condition(() => request.isGranted, ASK_AGAIN)));
    } catch (error) {
      await this.giveBack(id);
      throw error;
    }
    if (told !== "") onWait(undefined);
  }

  /** Waits until this saga alone may do something, and keeps it so until it is let go. What is kept already is not asked for again. */
  async keep(resource: Resource, onWait: OnWait): Promise<void> {
    if (!changedBy("leases") || this.holds([resource])) return;
    await this.take([resource], onWait);
  }

  /** Gives back what is kept. */
  async letGo(resource: Resource): Promise<void> {
    for (const [id, { resources }] of [...this.requests])
      if (resources.includes(resource)) await this.giveBack(id);
  }

  /** Does something that only one saga at a time may do. */
  async during<T>(
    resource: Resource,
    onWait: OnWait,
    work: () => Promise<T>,
  ): Promise<T> {
    await this.keep(resource, onWait);
    try {
      return await work();
    } finally {
      await this.letGo(resource);
    }
  }

  /** Gives everything back that is held or asked for. */
  async giveAllBack(): Promise<void> {
    for (const id of [...this.requests.keys()]) await this.giveBack(id);
  }

  private async giveBack(id: string): Promise<void> {
    this.requests.delete(id);
    await CancellationScope.nonCancellable(() =>
      getExternalWorkflowHandle(LEASES_ID)
        .signal(returnLease, id)
        .catch(() => control.read.returnLease({ id })),
    ).catch(() => undefined);
  }
}
