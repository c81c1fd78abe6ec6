import { z } from "zod";
import { portNumber } from "../fields";
import { hearing } from "./hearing";
import { pagerduty, slack } from "./named-receivers";
import { receiverAddress } from "./receiver-address";
import { secret, wholeTls } from "./security";

export const alerts = z
  .strictObject({
    webhook: receiverAddress
      .optional()
      .describe(
        "Gets every alert as JSON, by POST. An address alone, or one with what proves who posts.",
      ),
    alertmanager: receiverAddress
      .optional()
      .describe(
        "Alertmanager's base address; its API v2 is used. An address alone, or one with what proves who posts.",
      ),
    smtp: z
      .strictObject({
        host: z.string().min(1).describe("The mail server's host."),
        port: portNumber.default(25).describe("Its port."),
        secure: z
          .boolean()
          .default(false)
          .describe(
            "TLS from the first byte, as port 465 has it. Otherwise TLS is begun where the server offers it.",
          ),
        user: z.string().optional().describe("The user to log in as, if any."),
        password: secret
          .optional()
          .describe(
            "The password of `user`. Without it the one in `SISYPHUS_SMTP_PASSWORD`.",
          ),
        tls: wholeTls
          .optional()
          .describe(
            "How the server is known, and how it knows who sends; without it by Node's own list of authorities. With it nothing is sent to a server that offers no TLS; `{}` where that list is enough.",
          ),
        from: z.string().min(3).describe("The sender's address."),
        to: z
          .array(z.string().min(3))
          .min(1)
          .describe("The receivers' addresses."),
        ...hearing,
      })
      .superRefine(({ user, password }, context) => {
        if (password && user === undefined)
          context.addIssue({
            code: "custom",
            path: ["user"],
            message: "missing: a password is that of a user",
          });
      })
      .optional()
      .describe("Sends every alert by e-mail."),
    slack,
    pagerduty,
    defaultReceivers: z
      .array(z.string())
      .optional()
      .describe(
        "The receivers that hear of services, and of topics without an owner (`owners`); without it all of them.",
      ),
  })
  .prefault({})
  .describe(
    "Who is alerted. Each receiver is optional and gets every alert that is as urgent as it wants ([alerts.md](alerts.md)).",
  );
export type Alerts = z.infer<typeof alerts>;
