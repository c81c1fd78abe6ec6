import { activityInfo } from "@temporalio/activity";
import type { Storage } from "../../../clients/storage";
import {
  sagaPlaces,
  type VerifiedHours,
} from "../../../clients/storage-layout";
import {
  addHour,
  nothingVerified,
} from "../../../domain/backfill/verification";
import { sagaId } from "../saga-id";
import { activityKey } from "./activity-key";
import type { VerifiedHour } from "./topic-hours";

/**
 * Topic-hours, and bytes of their files, after which is recorded what was found of them. An attempt that takes over reads no more than
 * these again, besides the hours that are counted with one query.
 */
export const RECORDED_HOURS = 1000;
const RECORDED_BYTES = 1 << 30;

/**
 * What an activity has found of the planned topic-hours by now, in their order. It is recorded for this one activity: when an operator has
 * the step tried again, all hours are read again.
 */
export class VerifiedSoFar {
  private recordedHours: number;
  private recordedBytes = 0;

  private constructor(
    private readonly storage: Storage,
    private readonly so: VerifiedHours,
  ) {
    this.recordedHours = so.hours;
  }

  /** Takes up what attempts before this one have recorded. @param refined whether anybody refines */
  static async takenUp(
    storage: Storage,
    refined: boolean,
  ): Promise<VerifiedSoFar> {
    const recorded =
      activityInfo().attempt > 1 ? await storage.read(place()) : undefined;
    return new VerifiedSoFar(
      storage,
      recorded ?? {
        hours: 0,
        verification: nothingVerified(refined),
        found: {},
      },
    );
  }

  get hours(): number {
    return this.so.hours;
  }

  get verification() {
    return this.so.verification;
  }

  foundOf(topic: string): number {
    return this.so.found[topic] ?? 0;
  }

  /**
   * Adds the next hours.
   * @param bytes that this attempt has read by now
   */
  async add(hours: VerifiedHour[], bytes: number): Promise<void> {
    const { so } = this;
    for (const hour of hours) {
      const { topic, name } = hour.of;
      addHour(so.verification, { ...hour, name });
      so.found[topic] = this.foundOf(topic) + hour.counts.found;
      so.hours++;
    }
    if (
      so.hours - this.recordedHours < RECORDED_HOURS &&
      bytes - this.recordedBytes < RECORDED_BYTES
    )
      return;
    await this.storage.write(place(), so);
    this.recordedHours = so.hours;
    this.recordedBytes = bytes;
  }
}

const place = () => sagaPlaces(sagaId()).verifiedSoFar(activityKey());
