import { fatal } from "../../clients/errors";
import { sha256OfFile } from "../../lib/digest";

/** The SHA-256 of a Refine jar on this host, from its bytes. @throws ApplicationFailure `RefusedJob` where it cannot be read */
export const jarDigest = (jar: string): Promise<string> =>
  sha256OfFile(jar).catch((error: Error) => {
    throw fatal(
      "RefusedJob",
      `the Refine jar ${jar} cannot be read: ${error.message}`,
    );
  });
