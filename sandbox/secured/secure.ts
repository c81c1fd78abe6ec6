import { settleKind } from "../platform/kind";
import { hasKerberos } from "./tickets";

/** Makes this sandbox one with Kerberos, TLS and ACLs. @throws Error where it is an open one already, or nobody here could take a ticket */
export function secure(): void {
  if (!hasKerberos())
    throw new Error(
      "a secured sandbox needs the optional package kerberos: docs/permissions.md says what it is compiled with; npm ci installs it then",
    );
  settleKind("secured");
}
