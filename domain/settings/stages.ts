/*
 * The stages of a pipeline. Kafka and an importer's raw hours are always there; what stands behind or beside them is there where the
 * configuration has its section. A stage that is not there is neither asked nor judged, and a saga's steps for it have nothing to do.
 */

type Stages = {
  refine?: unknown;
  hive?: unknown;
  archive?: unknown;
  search: { otherHosts: string[] };
};

/** Whether raw hours are refined: else they are the end of the pipeline. */
export const isRefined = ({ refine }: { refine?: unknown }): boolean =>
  refine !== undefined;

/** What contradicts itself in which stages there are. */
export function stageFaults({
  refine,
  hive,
  archive,
  search,
}: Stages): { path: (string | number)[]; message: string }[] {
  return [
    ...(refine !== undefined && hive === undefined
      ? [
          {
            path: ["hive"],
            message:
              "missing: `refine` is given, and whether its partitions can be queried is asked of a metastore",
          },
        ]
      : []),
    ...(archive === undefined && search.otherHosts.length > 0
      ? [
          {
            path: ["search", "otherHosts"],
            message:
              "given without `archive`, whose `host` each of these hosts names for itself",
          },
        ]
      : []),
  ];
}
