import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KerberosSettings } from "../../domain/settings/sections/security";
import { Explained } from "../errors";
import { type GssClient, kerberosLibrary } from "./library";

/** Hadoop's own names of services over HTTP (RFC 4559) and over SASL (RFC 4752) differ in the mechanism. */
type Mechanism = "SPNEGO" | "Kerberos";

const FIELD = "security.kerberos";

/** With which the library begins what it says, and says nothing. */
const EMPTY_WORDS =
  /^(?:Unspecified GSS failure\. +Minor code may provide more information|No credentials were supplied, or the credentials were unavailable or inaccessible): */;
/** That there is no ticket, and none could be taken by a keytab. */
const NO_TICKET = "Can't find client principal";

/**
 * Tells the Kerberos library of this process, and of the programs that it starts, who they are. The library takes a ticket by the keytab
 * when one is needed, and a new one when half of its time has passed.
 */
function take({ principal, keytab, cache }: KerberosSettings): void {
  if (cache !== undefined) process.env["KRB5CCNAME"] = cache;
  if (keytab === undefined) return;
  process.env["KRB5_CLIENT_KTNAME"] = `FILE:${keytab}`;
  // Its own, as another process' cache may be of somebody else. Java wants a file's path alone.
  const folder = mkdtempSync(join(tmpdir(), "sisyphus-krb5-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  process.env["KRB5CCNAME"] = join(folder, `${principal}`.replace(/\W/g, "_"));
}

/** Whom this process has told the library of: it keeps that in the environment, so that there is one for each process. */
let taken: string | undefined;

/** Who Sisyphus is to services that use Kerberos. */
export class Kerberos {
  constructor(private readonly settings: KerberosSettings = {}) {}

  /** Who it is, for messages. */
  get identity(): string {
    const { principal, keytab, cache } = this.settings;
    if (keytab !== undefined) return `${principal} by the keytab ${keytab}`;
    return cache === undefined
      ? "who this process' credential cache says"
      : `who the credential cache ${cache} says`;
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
    const { principal } = this.settings;
    this.mustBeReadable();
    const kerberos = kerberosLibrary();
    this.takeOnce();
    const name = `${service}@${host}`;
    const options = {
      ...(principal === undefined ? {} : { principal }),
      mechOID:
        mechanism === "SPNEGO"
          ? kerberos.GSS_MECH_OID_SPNEGO
          : kerberos.GSS_MECH_OID_KRB5,
    };
    const client = await this.telling(name, () =>
      kerberos.initializeClient(name, options),
    );
    return new Proof(client, (act) => this.telling(name, act));
  }

  private takeOnce(): void {
    const whom = JSON.stringify(this.settings);
    if (taken === whom) return;
    if (taken !== undefined)
      throw new Error(`${FIELD}: another identity is in use in this process`);
    taken = whom;
    take(this.settings);
  }

  /** The library says of a file that it cannot read only that there is no ticket. */
  private mustBeReadable(): void {
    for (const name of ["keytab", "cache"] as const) {
      const path = this.settings[name];
      if (path === undefined) continue;
      try {
        accessSync(path, constants.R_OK);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw new Explained(
          `${FIELD}.${name}: ${path} cannot be read (${code})`,
          {
            cause: error,
          },
        );
      }
    }
  }

  /** Runs a call of the library. @throws Error that says who asked for whom, and what can be done */
  private async telling<T>(service: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      const [line = ""] = (error as Error).message.split("\n");
      const said = line.replace(EMPTY_WORDS, "");
      const hint =
        said.startsWith(NO_TICKET) && this.settings.keytab !== undefined
          ? " (does the keytab hold its keys?)"
          : "";
      throw new Explained(
        `Kerberos, for ${service} as ${this.identity}: ${said}${hint}; see ${FIELD}`,
        { cause: error },
      );
    }
  }
}

/** One proof of who Sisyphus is, in as many steps as the service wants. */
export class Proof {
  constructor(
    private readonly client: GssClient,
    private readonly telling: <T>(act: () => Promise<T>) => Promise<T>,
  ) {}

  get isComplete(): boolean {
    return this.client.contextComplete;
  }

  /** What the service gets next, by its answer to what it got before; nothing before the first. */
  async step(answer: Buffer = Buffer.alloc(0)): Promise<Buffer> {
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
