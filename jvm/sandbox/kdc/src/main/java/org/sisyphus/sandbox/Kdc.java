package org.sisyphus.sandbox;

import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import org.apache.hadoop.minikdc.MiniKdc;

/**
 * A Kerberos KDC whose principals live in memory: a start makes new keys. Arguments: a work folder, MiniKdc's properties,
 * the folder of the keytabs, then <code>keytab=principal,principal</code> for each keytab. The last file that it makes
 * is <code>ready</code>: then all keytabs are whole.
 */
public final class Kdc {
  private Kdc() {}

  public static void main(String[] args) throws Exception {
    Properties properties = MiniKdc.createConf();
    try (InputStream in = new FileInputStream(args[1])) {
      properties.load(in);
    }
    MiniKdc kdc = new MiniKdc(properties, new File(args[0]));
    kdc.start();
    Path folder = Path.of(args[2]);
    for (int i = 3; i < args.length; i++) {
      String[] named = args[i].split("=");
      Path made = folder.resolve(named[0] + ".making");
      kdc.createPrincipal(made.toFile(), named[1].split(","));
      Files.move(made, folder.resolve(named[0] + ".keytab"), StandardCopyOption.ATOMIC_MOVE);
    }
    Files.writeString(folder.resolve("ready"), "");
    Thread.currentThread().join();
  }
}
