import { Client, Connection } from "@temporalio/client";
import { loadClientConnectConfig } from "@temporalio/envconfig";

/** The Temporal connection of the ecosystem's own profile file and TEMPORAL_* variables. */
export function temporalOptions() {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  return { connectionOptions, namespace: namespace ?? "default" };
}

/** @throws Error that names the address where no server answers */
export async function connectClient(): Promise<Client> {
  const { connectionOptions, namespace } = temporalOptions();
  try {
    const connection = await Connection.connect({
      ...connectionOptions,
      connectTimeout: "10s",
    });
    return new Client({ connection, namespace });
  } catch (error) {
    throw new Error(
      `Temporal at ${connectionOptions.address ?? "localhost:7233"} (namespace ${namespace}) does not answer: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
