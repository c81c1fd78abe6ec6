import type { Config } from "../../domain/settings/config";
import { hadoopAccess } from "../hadoop-access";
import { Kerberos } from "../kerberos/kerberos";
import { Hdfs } from "./hdfs";

/**
 * The HDFS that a configuration names, reached as its section `security` says; alone, as commands are quick that load no other client.
 * @param allowedPrefixes where something may be changed; nothing by default
 */
export const hdfsOf = (
  { hdfs, security }: Config,
  allowedPrefixes: string[] = [],
): Hdfs =>
  new Hdfs(
    { ...hdfs, allowedPrefixes },
    hadoopAccess(security.hadoop, new Kerberos(security.kerberos)),
  );
