import {
  type Lease,
  type LeaseBook,
  resourceName,
} from "../domain/backfill/leases";

/** The page of the leases in the Web UI, as Markdown: who holds what, and who waits. */
export function leaseBookPage({ held, waiting }: LeaseBook): string {
  if (held.length + waiting.length === 0)
    return "No backfill holds or waits for anything.";
  return [
    "| backfill | | since | of what |",
    "| --- | --- | --- | --- |",
    ...held.map((lease) => row(lease, "holds")),
    ...waiting.map((lease) => row(lease, "waits")),
  ].join("\n");
}

const row = ({ workflowId, since, resources }: Lease, does: string): string =>
  `| ${workflowId} | ${does} | ${since} | ${resourcesText(resources)} |`;

/** The first few of these resources, and how many more there are. */
export const resourcesText = (resources: string[]): string => {
  const names = resources.slice(0, 5).map(resourceName);
  const more = resources.length - names.length;
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
};
