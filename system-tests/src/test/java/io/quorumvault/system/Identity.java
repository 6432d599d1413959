package io.quorumvault.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A certificate and its key, or none, to show in TLS handshakes.
final class Identity {
  private static final char[] PASSWORD = "not-a-secret".toCharArray();

  private final KeyStore keys;

  private Identity(KeyStore keys) {
    this.keys = keys;
  }

  static Identity none() {
    return new Identity(emptyStore());
  }

  static Identity ofFiles(Path certificate, Path key) {
    try {
      KeyStore keys = emptyStore();
      keys.setKeyEntry(
          "own", privateKey(key), PASSWORD, certificates(certificate).toArray(Certificate[]::new));
      return new Identity(keys);
    } catch (GeneralSecurityException | IOException unreadable) {
      throw new AssertionError("cannot read " + certificate, unreadable);
    }
  }

  /// A certificate nobody in the cluster has made, signed by itself.
  ///
  /// @param urn what it claims to speak for
  static Identity selfSigned(Path folder, String urn) {
    Path store = folder.resolve("stranger.p12");
    keytool(
        store,
        List.of(
            "-genkeypair",
            "-alias",
            "own",
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-dname",
            "CN=stranger",
            "-ext",
            "san=uri:" + urn,
            "-ext",
            "eku=clientAuth,serverAuth"));
    return ofStore(store);
  }

  /// A certificate that the cluster's own authority has signed, for something else.
  ///
  /// @param names subject alternative names as keytool takes them
  static Identity signedBy(VaultCluster cluster, Path folder, String names) {
    Path store = folder.resolve("signed.p12");
    try {
      KeyStore authority = emptyStore();
      authority.setKeyEntry(
          "ca",
          privateKey(cluster.authorityKey()),
          PASSWORD,
          certificates(cluster.authority()).toArray(Certificate[]::new));
      try (var out = Files.newOutputStream(store)) {
        authority.store(out, PASSWORD);
      }
      keytool(
          store,
          List.of(
              "-genkeypair",
              "-alias",
              "own",
              "-signer",
              "ca",
              "-keyalg",
              "EC",
              "-groupname",
              "secp256r1",
              "-dname",
              "CN=other",
              "-ext",
              "san=" + names,
              "-ext",
              "eku=clientAuth,serverAuth"));
      KeyStore both = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        both.load(in, PASSWORD);
      }
      both.deleteEntry("ca");
      return new Identity(both);
    } catch (GeneralSecurityException | IOException impossible) {
      throw new AssertionError("cannot make a certificate", impossible);
    }
  }

  private static void keytool(Path store, List<String> words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(words);
    command.addAll(
        List.of(
            "-keystore",
            store.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            new String(PASSWORD),
            "-validity",
            "1"));
    Command _ = Command.run(Path.of("").toAbsolutePath(), command).succeeded();
  }

  private static Identity ofStore(Path store) {
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD);
      return new Identity(keys);
    } catch (GeneralSecurityException | IOException unreadable) {
      throw new AssertionError("cannot read " + store, unreadable);
    }
  }

  /// To connect with this identity to whoever that authority signed for.
  SSLContext context(Path authority, String protocol) {
    try {
      KeyStore trusted = emptyStore();
      int number = 0;
      for (Certificate certificate : certificates(authority)) {
        trusted.setCertificateEntry("ca-" + number++, certificate);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      KeyManagerFactory own =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      own.init(keys, PASSWORD);
      SSLContext context = SSLContext.getInstance(protocol);
      context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException impossible) {
      throw new AssertionError("cannot set up TLS", impossible);
    }
  }

  static PrivateKey privateKey(Path pem) throws GeneralSecurityException, IOException {
    String base64 =
        Files.readString(pem, StandardCharsets.US_ASCII)
            .replaceAll("-----[A-Z ]+-----", "")
            .replaceAll("\\s", "");
    return KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
  }

  private static List<Certificate> certificates(Path pem)
      throws GeneralSecurityException, IOException {
    try (InputStream in = Files.newInputStream(pem)) {
      return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
    }
  }

  private static KeyStore emptyStore() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, PASSWORD);
      return store;
    } catch (GeneralSecurityException | IOException impossible) {
      throw new AssertionError("cannot make a key store", impossible);
    }
  }
}
