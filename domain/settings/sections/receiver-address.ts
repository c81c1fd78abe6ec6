import { z } from "zod";
import { httpAddress } from "../fields";
import { hearing } from "./hearing";
import { secret, wholeTls } from "./security";

/** Where alerts are posted to, or a service is asked, and what proves there who it is. */

/** A header's name (RFC 9110, section 5.6.2). */
const headerName = z
  .string()
  .regex(
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
    "the name of a header: letters, digits and !#$%&'*+-.^_`|~",
  );

const headerText = z
  .string()
  .regex(/^[\t\x20-\x7e]*$/, "one line of printable ASCII characters");

/** Headers that prove who asks: their values are secrets, whoever issued them. */
const PROOFS = new Set(["authorization", "proxy-authorization", "cookie"]);

/** Headers that say how a request is sent and framed: a wrong one lets the receiver read another request than the one that was sent. */
const OF_THE_REQUEST = new Set([
  ...["connection", "content-length", "expect", "host", "keep-alive", "te"],
  ...["trailer", "transfer-encoding", "upgrade"],
]);

export const wholeAddress = z.strictObject({
  url: httpAddress.describe("The address."),
  headers: z
    .record(headerName, headerText)
    .optional()
    .describe("Headers of each request, by name. They are no secrets."),
  secretHeaders: z
    .record(headerName, secret)
    .optional()
    .describe(
      "Headers whose values are secrets, such as a gateway's key, by name.",
    ),
  basic: z
    .strictObject({
      user: z
        .string()
        .regex(/^[^:\p{Cc}]+$/u, "a name without a colon (RFC 7617)")
        .describe("The user's name."),
      password: secret.describe("The user's password."),
    })
    .optional()
    .describe("Who posts, by basic authorization (RFC 7617)."),
  bearer: secret
    .optional()
    .describe("A token that says who posts (RFC 6750), instead of `basic`."),
  kerberos: z
    .literal(true)
    .optional()
    .describe(
      "Who posts, by Kerberos (SPNEGO) as `security.kerberos` says, instead of `basic`.",
    ),
  tls: wholeTls
    .optional()
    .describe(
      "How the receiver is known over https, and how it knows who posts; without it by Node's own list of authorities.",
    ),
  ...hearing,
});
export type WholeAddress = z.infer<typeof wholeAddress>;

/** Whether only this host's own processes are asked there, so that nobody listens between. */
export const isLoopback = ({ hostname }: URL) =>
  /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);

type Fault = { path: string[]; message: string };

/** What contradicts itself: each request proves who posts it in one way. */
function* faultsOf(given: WholeAddress): Generator<Fault> {
  const { headers = {}, secretHeaders = {}, basic, bearer, kerberos } = given;
  // That it is no address is told already; this is asked all the same.
  if (!URL.canParse(given.url)) return;
  const url = new URL(given.url);
  const seen = new Set<string>();
  for (const [field, names] of [
    ["headers", Object.keys(headers)],
    ["secretHeaders", Object.keys(secretHeaders)],
  ] as const)
    for (const name of names) {
      const path = [field, name];
      const known = name.toLowerCase();
      if (OF_THE_REQUEST.has(known))
        yield { path, message: "belongs to the request itself" };
      if (field === "headers" && PROOFS.has(known))
        yield {
          path,
          message: "a secret is not written here: name it in `secretHeaders`",
        };
      if (seen.has(known)) yield { path, message: "is given twice" };
      seen.add(known);
    }
  const ways = [
    ...(url.username !== "" || url.password !== "" ? ["url"] : []),
    ...(seen.has("authorization") ? ["secretHeaders"] : []),
    ...(basic ? ["basic"] : []),
    ...(bearer ? ["bearer"] : []),
    ...(kerberos ? ["kerberos"] : []),
  ];
  if (ways.length > 1)
    yield {
      path: [ways.at(-1)!],
      message: `who posts is told once: ${ways.join(" and ")} are given (\`url\` with a user, \`secretHeaders\` with Authorization, \`basic\`, \`bearer\` or \`kerberos\`)`,
    };
  const sent =
    ways.find((way) => way !== "url" && way !== "kerberos") ??
    Object.keys(secretHeaders)[0];
  if (sent !== undefined && url.protocol === "http:" && !isLoopback(url))
    yield {
      path: ["url"],
      message:
        "https, as secrets are sent there: http is for this host alone (localhost, 127.0.0.1, [::1])",
    };
  if (given.tls && url.protocol === "http:")
    yield { path: ["tls"], message: "the address is not https" };
}

/** A section that has the fields of an address and others, and is held to the same. */
export const addressWith = <Shape extends z.ZodRawShape>(shape: Shape) =>
  wholeAddress.extend(shape).superRefine((given, context) => {
    for (const fault of faultsOf(given as WholeAddress))
      context.addIssue({ code: "custom", ...fault });
  });

export const receiverAddress = z
  .union([httpAddress, addressWith({})])
  .meta({ format: "http(s) address, or section" });
export type ReceiverAddress = z.infer<typeof receiverAddress>;

/** An address alone is a section that has nothing else. */
export const wholeReceiver = (address: ReceiverAddress): WholeAddress =>
  typeof address === "string" ? { url: address } : address;
