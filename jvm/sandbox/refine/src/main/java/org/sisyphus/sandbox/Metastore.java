package org.sisyphus.sandbox;

import java.net.InetSocketAddress;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStore;
import org.apache.hadoop.hive.metastore.IHMSHandler;
import org.apache.hadoop.hive.metastore.TSetIpAddressProcessor;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.transport.TServerSocket;

/** The Hive metastore on loopback only; HiveMetaStore's own main (2.3) always listens on every address. */
public final class Metastore {
  private Metastore() {}

  public static void main(String[] args) throws Exception {
    HiveConf conf = new HiveConf(Metastore.class);
    conf.set("hive.metastore.uris", "");
    IHMSHandler handler =
        HiveMetaStore.newRetryingHMSHandler(new HiveMetaStore.HMSHandler("sandbox", conf, false), conf, true);
    TServerSocket socket = new TServerSocket(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])));
    new TThreadPoolServer(new TThreadPoolServer.Args(socket).processor(new TSetIpAddressProcessor<>(handler))).serve();
  }
}
