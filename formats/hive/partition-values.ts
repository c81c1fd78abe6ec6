/**
 * The values of a Hive partition by its name, `datacenter=a%3Ab/year=2018/month=07`: what the metastore calls the partition's values. It
 * writes characters that no path may have as `%` and two hexadecimal digits (org.apache.hadoop.hive.common.FileUtils.escapePathName).
 */
export const partitionValues = (name: string): string[] =>
  name
    .split("/")
    .map((part) =>
      part
        .slice(part.indexOf("=") + 1)
        .replace(/%([0-9a-f]{2})/gi, (_, code: string) =>
          String.fromCharCode(parseInt(code, 16)),
        ),
    );
