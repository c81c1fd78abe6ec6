import { parseJaas } from "../../../formats/kafka/jaas";
import { parseProperties } from "../../../formats/kafka/java-properties";
import { type Parser, texts } from "../parser";

export const KAFKA_CLIENT: Parser[] = [
  {
    name: "java-properties",
    seeds: texts(
      "# a comment \\\nbootstrap.servers = k1:9092,\\\n  k2:9092\nsasl.mechanism:PLAIN\r\n! none\nssl.key.password \\u00e9\\t\\=\\\\\n",
    ),
    parse: (bytes) => [...parseProperties(bytes)],
  },
  {
    name: "jaas",
    seeds: texts(
      'org.apache.kafka.common.security.plain.PlainLoginModule required username="sis" password="a\\"b\\101;";',
      "com.sun.security.auth.module.Krb5LoginModule REQUIRED /* a */ useKeyTab=true // b\n keyTab='/k' x=y-1.5;",
    ),
    parse: (bytes) => [...parseJaas(bytes.toString("latin1")).options],
  },
];
