package org.sisyphus.sandbox;

import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.conf.HiveConf.ConfVars;
import org.apache.hadoop.hive.metastore.HiveMetaStore;
import org.apache.hadoop.hive.metastore.IHMSHandler;
import org.apache.hadoop.hive.metastore.MetaStoreUtils;
import org.apache.hadoop.hive.metastore.TSetIpAddressProcessor;
import org.apache.hadoop.hive.metastore.api.ThriftHiveMetastore;
import org.apache.hadoop.hive.shims.ShimLoader;
import org.apache.hadoop.hive.thrift.HadoopThriftAuthBridge;
import org.apache.hadoop.hive.thrift.HiveDelegationTokenManager;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.transport.TServerSocket;

/**
 * The Hive metastore on loopback only; HiveMetaStore's own main (2.3) always listens on every address. With
 * <code>hive.metastore.sasl.enabled</code> it asks for Kerberos, as that main does.
 */
public final class Metastore {
  private Metastore() {}

  public static void main(String[] args) throws Exception {
    HiveConf conf = new HiveConf(Metastore.class);
    conf.set("hive.metastore.uris", "");
    TServerSocket socket = new TServerSocket(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])));
    TThreadPoolServer.Args server = new TThreadPoolServer.Args(socket);
    if (conf.getBoolVar(ConfVars.METASTORE_USE_THRIFT_SASL)) secure(server, conf);
    else
      server.processor(
          new TSetIpAddressProcessor<>(
              HiveMetaStore.newRetryingHMSHandler(new HiveMetaStore.HMSHandler("sandbox", conf, false), conf, true)));
    new TThreadPoolServer(server).serve();
  }

  private static void secure(TThreadPoolServer.Args server, HiveConf conf) throws Exception {
    HadoopThriftAuthBridge.Server sasl =
        ShimLoader.getHadoopThriftAuthBridge()
            .createServer(
                conf.getVar(ConfVars.METASTORE_KERBEROS_KEYTAB_FILE),
                conf.getVar(ConfVars.METASTORE_KERBEROS_PRINCIPAL));
    HiveMetaStore.HMSHandler base = new HiveMetaStore.HMSHandler("sandbox", conf, false);
    IHMSHandler handler = HiveMetaStore.newRetryingHMSHandler(base, conf, false);
    base.init();
    HiveDelegationTokenManager tokens = new HiveDelegationTokenManager();
    tokens.startDelegationTokenSecretManager(conf, base, HadoopThriftAuthBridge.Server.ServerMode.METASTORE);
    sasl.setSecretManager(tokens.getSecretManager());
    // Handlers find them there: without, no job gets a token with which to ask from within YARN.
    known("saslServer", sasl);
    known("delegationTokenManager", tokens);
    known("useSasl", true);
    server
        .processor(sasl.wrapProcessor(new ThriftHiveMetastore.Processor<>(handler)))
        .transportFactory(sasl.createTransportFactory(MetaStoreUtils.getMetaStoreSaslProperties(conf)));
  }

  /** What HiveMetaStore's own main keeps to itself. */
  private static void known(String name, Object value) throws ReflectiveOperationException {
    Field field = HiveMetaStore.class.getDeclaredField(name);
    field.setAccessible(true);
    field.set(null, value);
  }
}
