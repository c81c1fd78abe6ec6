import { z } from "zod";

/**
 * Kinds of values that several sections of the configuration share. The `format` of each is what the reference in
 * docs/configuration.md calls it.
 */

export const httpAddress = z
  .url({ protocol: /^https?$/ })
  .meta({ format: "http(s) address" });

/** One address, or several of which one is active at a time. */
export const httpAddresses = z
  .union([httpAddress, z.array(httpAddress).min(1)])
  .meta({ format: "http(s) address, or a list of them" });

export const hostAndPort = z
  .string()
  .regex(/^[^:\s]+:\d+$/, "host:port")
  .refine((text) => {
    const port = Number(/\d+$/.exec(text)?.[0] ?? 1);
    return port >= 1 && port <= 65535;
  }, "host:port, with a port from 1 to 65535")
  .meta({ format: "host:port" });

export const hdfsPath = z
  .string()
  .startsWith("/")
  .meta({ format: "absolute path" });

export const portNumber = z.int().min(1).max(65535);

/** A program and its arguments: it is run as it stands, without a shell. */
export const command = z.array(z.string().min(1)).min(1);

/** How an application of jvm/spark-jobs is submitted. @param mainClass its class, unless another one is configured */
export const sparkJob = (mainClass: string) =>
  z.strictObject({
    submit: command.describe(
      "The program that submits a Spark application, and its first arguments.",
    ),
    jar: z
      .string()
      .min(1)
      .describe(
        "The jar that `mvn -f jvm/pom.xml -pl spark-jobs package` builds; it needs Spark 3.5 and Java 17 on the cluster.",
      ),
    class: z
      .string()
      .default(mainClass)
      .describe("The application's main class."),
  });
