import { cancellationSignal, heartbeat, sleep } from "@temporalio/activity";
import type { CommandResult, Jobs } from "../../clients/commands";
import type { Storage } from "../../clients/storage";
import { sagaPlaces } from "../../clients/storage-layout";
import { sagaId } from "./saga-id";

const POLL_MS = 500;

/** Where it is recorded that drivers of a YARN tag were begun. */
const driversOf = (tag: string) => sagaPlaces(sagaId()).drivers(tag);

/** What is known of what a driver submits: nothing yet, that it goes on, or that nothing more is to be waited for. */
export type Sight = "nothing" | "goes on" | "enough";

/** A driver: what it is known by in a saga, and what of its command line names it. */
export type Driver = { tag: string; setting: string };

/**
 * Drivers: programs that submit to YARN, and end when what they submitted has, or before. One that was begun by a worker which died goes on by
 * itself. On its own host it is seen among the processes; on another it is seen once YARN shows what it submitted, and until then a record
 * of its beginning is all that there is of it.
 */
export class Drivers {
  /**
   * @param o `host` is this one; `graceMs` is for how long a driver of another host is believed to be on its way, and not to have ended yet after
   * what it submitted has
   */
  constructor(
    private readonly o: {
      host: string;
      graceMs: number;
      jobs: Jobs;
      storage: Storage;
    },
  ) {}

  /**
   * Waits until no driver that was begun before can change anything any more.
   * @param look what there is of it elsewhere, at YARN for one
   */
  async awaitOthers(
    { tag, setting }: Driver,
    look: () => Promise<Sight>,
  ): Promise<void> {
    const { jobs, graceMs, storage } = this.o;
    let quietSince = performance.now();
    for (;;) {
      const isHere = jobs.driverRuns(setting);
      const sight = isHere ? "goes on" : await look();
      if (sight === "enough") return;
      if (sight === "goes on") {
        quietSince = performance.now();
        heartbeat({ waitingFor: tag });
      } else {
        const elsewhere = await this.begunElsewhere(tag);
        if (elsewhere.length === 0) return;
        if (performance.now() - quietSince >= graceMs) {
          for (const host of elsewhere)
            await storage.write(driversOf(tag).on(host), {});
          return;
        }
        heartbeat({
          waitingFor: `${tag}, which ${elsewhere.join(", ")} may have begun`,
        });
      }
      await sleep(POLL_MS);
    }
  }

  /** Whether a process of this host carries all of these texts in its command line. */
  runsHere(...texts: string[]): boolean {
    return this.o.jobs.driverRuns(...texts);
  }

  /**
   * Runs a driver, of whose beginning all hosts can know.
   * @param signal see {@link Jobs.runCommand}
   * @param mayBegin throws where the driver must not begin any more; it is asked last, when the beginning is recorded
   */
  async run(
    { tag }: Driver,
    argv: string[],
    signal: AbortSignal,
    mayBegin: () => Promise<void> = async () => undefined,
  ): Promise<CommandResult> {
    const { host, jobs, storage } = this.o;
    await jobs.prepare();
    // A host's own: an attempt that froze and wakes up late hides no driver of its successor.
    const place = driversOf(tag).on(host);
    await storage.write(place, { host });
    try {
      await mayBegin();
      // An attempt that has heard that it is over must not begin anything: its successor is at work, or the saga has ended.
      cancellationSignal().throwIfAborted();
    } catch (error) {
      await storage.write(place, {});
      throw error;
    }
    const result = await jobs.runCommand(argv, signal);
    await storage.write(place, {});
    return result;
  }

  /** The hosts on which a driver was begun and whose end was not recorded, other than this. */
  private async begunElsewhere(tag: string): Promise<string[]> {
    const { host, storage } = this.o;
    const { folder, named, on } = driversOf(tag);
    const others = (await storage.list(folder)).filter(
      ({ name }) => name !== on(host).name,
    );
    const begun = await Promise.all(
      others.map(({ name }) => storage.read(named(name))),
    );
    return begun.flatMap((record) => record?.host ?? []);
  }
}
