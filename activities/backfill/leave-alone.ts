import type { Storage } from "../../clients/storage";
import { sagaPlaces } from "../../clients/storage-layout";
import { sagaId } from "./saga-id";

/** Taking topics out of a saga that has begun to change them. */
export function createLeaveAloneActivities({ storage }: { storage: Storage }) {
  return {
    /**
     * Records that these topics are not this saga's any more. It comes before anything of them is put back: an attempt that froze and wakes
     * up finds it, and changes nothing of them.
     * @param input `topics` are all that were taken out by then; those of later moments stay recorded
     */
    async leaveAlone(input: { topics: string[] }): Promise<void> {
      const { leftAlone } = sagaPlaces(sagaId());
      const before = (await storage.read(leftAlone)) ?? [];
      await storage.write(leftAlone, [
        ...new Set([...before, ...input.topics]),
      ]);
    },
  };
}
