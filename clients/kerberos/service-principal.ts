/**
 * A service by its principal, as GSSAPI names it (host-based, RFC 4121): without the realm, which `krb5.conf` knows of each host. `_HOST` is the
 * host that is asked (Hadoop's SecurityUtil.getServerPrincipal).
 */
export function serviceOf(
  principal: string,
  asked: string,
): { service: string; host: string } {
  const [service, host] = principal.split("@")[0]!.split("/");
  return {
    service: service!,
    host: host === "_HOST" ? asked.toLowerCase() : host!,
  };
}
