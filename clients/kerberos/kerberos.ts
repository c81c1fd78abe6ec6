import { accessSync, constants, lstatSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KerberosSettings } from "../../domain/settings/sections/security";
import { shortDigest } from "../../lib/digest";
import { within } from "../../lib/within";
import { Explained } from "../errors";
import { type GssClient, kerberosLibrary } from "./library";

/** What a service wants: Kerberos itself (SASL, RFC 4752), or Kerberos wrapped as HTTP has it (SPNEGO, RFC 4559). */
type Mechanism = "Kerberos" | "SPNEGO";

const FIELD = "security.kerberos";

/** Words with which the library begins an error, before it comes to its reason. */
const BEFORE_REASON =
  /^(?:Unspecified GSS failure\. +Minor code may provide more information|No credentials were supplied, or the credentials were unavailable or inaccessible): */;
/** That a ticket is of keys that the KDC has no longer, or of another time. */
const OLD_TICKET =
  /Decrypt integrity check failed|Ticket expired|Ticket not yet valid/;
/** That there is no ticket, and none could be taken by a keytab. */
const NO_TICKET = "Can't find client principal";

/**
 * Tells the Kerberos library of this process, and of the programs that it starts, who they are. The library takes a ticket by the keytab
 * when one is needed, and a new one when half of its time has passed.
 */
function take(settings: KerberosSettings): void {
  const { keytab } = settings;
  // The first, as it may fail: then nothing is said, and nobody else's cache is used.
  const cache = cacheOf(settings);
  // Without `FILE:`, which Java does not know.
  if (cache !== undefined) process.env["KRB5CCNAME"] = cache;
  if (keytab !== undefined) process.env["KRB5_CLIENT_KTNAME"] = keytab;
}

/** The credential cache; undefined where it is what the system says. */
function cacheOf(settings: KerberosSettings): string | undefined {
  const { keytab, cache } = settings;
  return cache ?? (keytab === undefined ? undefined : ownCache(settings));
}

/**
 * Where tickets are kept that are taken by a keytab: the same for all processes of who runs them and by that keytab, as programs go on when the
 * worker that started them is gone.
 * @throws Explained where the folder is not ours alone
 */
function ownCache({ principal, keytab }: KerberosSettings): string {
  const uid = process.getuid?.();
  const temporary = process.env["TMPDIR"] ?? tmpdir();
  const folder = join(temporary, `sisyphus-krb5-${uid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Explained(
      `${FIELD}: tickets cannot be kept in ${folder}: ${(error as Error).message}`,
      { cause: error },
    );
  }
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0)
    throw new Explained(
      `${FIELD}: ${folder}, where tickets are kept, is not this user's alone; name another place by ${FIELD}.cache`,
    );
  return join(folder, shortDigest(`${principal} ${keytab}`));
}

/** Whom this process has told the library of: that is kept in its environment, so that there is one for each process. */
let taken: string | undefined;

/**
 * The library asks the KDC on one of the four threads that this process has for files and names, too, and for a minute where a KDC does not
 * answer: one call at a time leaves it the others.
 */
let last: Promise<unknown> = Promise.resolve();
/**
 * So long the KDC may take for the beginning of a proof: less than the ten seconds after which a metastore, YARN or Kafka count as silent,
 * which are not to blame. What it answers later is in the cache for the next attempt.
 */
export const KDC_MS = 8_000;

/** @param until the instant at which it is given up */
function inTurn<T>(call: () => Promise<T>, until: number): Promise<T> {
  let late: Error | undefined;
  const result = last.then(() => {
    // Whoever has given up is not waited for by those behind.
    if (late) throw late;
    return call();
  });
  last = result.catch(() => undefined);
  return within(
    result,
    Math.max(0, until - Date.now()),
    () => (late = new Error(`no answer of the KDC in ${KDC_MS / 1000} s`)),
  );
}

/** Who Sisyphus is to services that use Kerberos. */
export class Kerberos {
  /** @param library gives the package; it is asked for when it is first needed */
  constructor(
    private readonly settings: KerberosSettings = {},
    private readonly library = kerberosLibrary,
  ) {}

  /** Who it is, for messages. */
  get identity(): string {
    const { principal, keytab, cache } = this.settings;
    if (keytab !== undefined) return `${principal} by the keytab ${keytab}`;
    return cache === undefined
      ? "whom this process' credential cache names"
      : `whom the credential cache ${cache} names`;
  }

  /**
   * Begins to prove to a service who Sisyphus is.
   * @param service its name, such as `HTTP`
   * @param host as its principal writes it
   */
  async begin(
    service: string,
    host: string,
    mechanism: Mechanism,
  ): Promise<Proof> {
    this.mustBeReadable();
    const kerberos = this.library();
    this.takeOnce();
    const name = `${service}@${host}`;
    const mechOID =
      mechanism === "SPNEGO"
        ? kerberos.GSS_MECH_OID_SPNEGO
        : kerberos.GSS_MECH_OID_KRB5;
    // One instant for all calls of it: each of them may ask the KDC.
    const until = Date.now() + KDC_MS;
    return this.begun(kerberos, name, mechOID, until).catch((error: Error) => {
      if (!OLD_TICKET.test(error.message) || !this.forgetTickets()) throw error;
      return this.begun(kerberos, name, mechOID, until);
    });
  }

  private async begun(
    kerberos: ReturnType<typeof kerberosLibrary>,
    service: string,
    mechOID: number,
    until: number,
  ): Promise<Proof> {
    const { principal } = this.settings;
    const options = {
      mechOID,
      ...(principal === undefined ? {} : { principal }),
    };
    const beginning = <T>(act: () => Promise<T>) =>
      this.telling(service, act, until);
    const client = await beginning(() =>
      kerberos.initializeClient(service, options),
    );
    const first = await beginning(() => client.step(""));
    return new Proof(client, Buffer.from(first ?? "", "base64"), (act) =>
      this.telling(service, act, Date.now() + KDC_MS),
    );
  }

  /**
   * Says to programs that are about to be started who they are, and sees to it that the credential cache has a ticket that has not passed half of
   * its time. Without a keytab somebody else does the latter.
   * @param to a service, as the library takes tickets on the way to one
   */
  async freshTicket(
    to: { service: string; host: string } | undefined,
  ): Promise<void> {
    const { keytab, cache } = this.settings;
    if (keytab === undefined && cache === undefined) return;
    this.takeOnce();
    if (keytab !== undefined && to !== undefined)
      await this.begin(to.service, to.host, "Kerberos");
  }

  /** Forgets tickets that were taken by a keytab: the next proof is by new ones. @returns whether they were; others' cache stays as it is */
  forgetTickets(): boolean {
    const { keytab } = this.settings;
    const cache = cacheOf(this.settings);
    if (keytab === undefined || cache === undefined) return false;
    rmSync(cache, { force: true });
    return true;
  }

  private takeOnce(): void {
    const whom = JSON.stringify(this.settings);
    if (taken !== undefined && taken !== whom)
      throw new Explained(
        `${FIELD}: this process is somebody else already, and can be one alone`,
      );
    // Each time, as whoever tidies up temporary files may have removed its folder.
    take(this.settings);
    taken = whom;
  }

  /** The library says of a file that it cannot read only that there is no ticket. */
  private mustBeReadable(): void {
    const { keytab, cache } = this.settings;
    const [name, path] =
      keytab === undefined ? ["cache", cache] : ["keytab", keytab];
    if (path === undefined) return;
    try {
      accessSync(path, constants.R_OK);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Explained(
        `${FIELD}.${name}: ${path} cannot be read (${code})`,
        { cause: error },
      );
    }
  }

  /** Runs a call of the library. @throws Explained that says who asked for whom, and what can be done */
  private async telling<T>(
    service: string,
    act: () => Promise<T>,
    until: number,
  ): Promise<T> {
    try {
      return await inTurn(act, until);
    } catch (error) {
      const [line = ""] = (error as Error).message.split("\n");
      const reason = line.replace(BEFORE_REASON, "");
      const hint =
        reason.startsWith(NO_TICKET) && this.settings.keytab !== undefined
          ? " (does the keytab hold its keys?)"
          : "";
      throw new Explained(
        `Kerberos, for ${service} as ${this.identity}: ${reason}${hint}; see ${FIELD}`,
        { cause: error },
      );
    }
  }
}

/** One proof of who Sisyphus is, in as many steps as the service wants. */
export class Proof {
  constructor(
    private readonly client: GssClient,
    /** What the service gets first. */
    readonly first: Buffer,
    private readonly telling: <T>(act: () => Promise<T>) => Promise<T>,
  ) {}

  get isComplete(): boolean {
    return this.client.contextComplete;
  }

  /** What the service gets next, by its answer to what it got before. */
  async step(answer: Buffer): Promise<Buffer> {
    const token = await this.telling(() =>
      this.client.step(answer.toString("base64")),
    );
    return Buffer.from(token ?? "", "base64");
  }

  /** What a wrapped message holds. */
  async unwrap(message: Buffer): Promise<Buffer> {
    const held = await this.telling(() =>
      this.client.unwrap(message.toString("base64")),
    );
    return Buffer.from(held ?? "", "base64");
  }

  async wrap(message: Buffer): Promise<Buffer> {
    const wrapped = await this.telling(() =>
      this.client.wrap(message.toString("base64")),
    );
    return Buffer.from(wrapped, "base64");
  }
}
