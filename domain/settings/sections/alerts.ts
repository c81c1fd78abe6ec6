import { z } from "zod";
import { httpAddress, portNumber } from "../fields";

export const alerts = z
  .strictObject({
    webhook: httpAddress
      .optional()
      .describe("Gets every alert as JSON, by POST."),
    alertmanager: httpAddress
      .optional()
      .describe("Alertmanager's base address; its API v2 is used."),
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
        user: z
          .string()
          .optional()
          .describe(
            "The user to log in as, if any; the password comes from `SISYPHUS_SMTP_PASSWORD`.",
          ),
        from: z.string().min(3).describe("The sender's address."),
        to: z
          .array(z.string().min(3))
          .min(1)
          .describe("The receivers' addresses."),
      })
      .optional()
      .describe("Sends every alert by e-mail."),
  })
  .prefault({})
  .describe(
    "Who is alerted. Each receiver is optional and gets every alert ([alerts.md](alerts.md)).",
  );
