package org.sisyphus.sandbox;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

/**
 * Writes the keys of keystores in the form that those read who are not written in Java (PEM, RFC 7468), which keytool does not do.
 * Arguments: the stores' password, then for each its file, whose key has the file's name as its alias.
 */
public final class PrivateKeys {
  private PrivateKeys() {}

  public static void main(String[] args) throws Exception {
    char[] password = args[0].toCharArray();
    for (int i = 1; i < args.length; i++) {
      File store = new File(args[i]);
      String alias = store.getName().replace(".p12", "");
      byte[] key = KeyStore.getInstance(store, password).getKey(alias, password).getEncoded();
      String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key);
      Path file = Path.of(store.getParent(), alias + ".key");
      Files.writeString(file, "-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n", StandardCharsets.US_ASCII);
    }
  }
}
