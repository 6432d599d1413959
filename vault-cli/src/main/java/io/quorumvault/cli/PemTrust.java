package io.quorumvault.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
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
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// TLS made of PEM files, the form in which certificates are handed around.
public final class PemTrust {
  private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String KEY_END = "-----END PRIVATE KEY-----";

  private PemTrust() {}

  /// Trusts the certificates of `authorities` and nothing else; shows none itself.
  ///
  /// @throws IOException when the file cannot be read or holds no certificate
  public static SSLContext trusting(Path authorities) throws IOException {
    return context(new KeyManager[0], authorities);
  }

  /// Shows the certificate of `certificate`, and trusts as `trusting` does.
  ///
  /// @param key an EC key in PKCS#8, not encrypted
  /// @throws IOException when a file cannot be read or does not hold what it should
  public static SSLContext mutual(Path certificate, Path key, Path authorities) throws IOException {
    try {
      KeyStore keys = emptyStore();
      keys.setKeyEntry(
          "self",
          privateKey(key),
          new char[0],
          certificates(certificate).toArray(Certificate[]::new));
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(keys, new char[0]);
      return context(factory.getKeyManagers(), authorities);
    } catch (GeneralSecurityException unusable) {
      throw new IOException("the key in " + key + " cannot be used", unusable);
    }
  }

  private static SSLContext context(KeyManager[] own, Path authorities) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own, trust(authorities), null);
      return context;
    } catch (GeneralSecurityException unusable) {
      throw new IOException("the certificates in " + authorities + " cannot be used", unusable);
    }
  }

  /// What judges a server by the certificates of `authorities` and nothing else.
  ///
  /// @throws IOException when the file cannot be read or holds no certificate
  public static TrustManager[] trust(Path authorities) throws IOException {
    try {
      KeyStore trusted = emptyStore();
      int number = 0;
      for (Certificate authority : certificates(authorities)) {
        trusted.setCertificateEntry("authority-" + number++, authority);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trusted);
      return factory.getTrustManagers();
    } catch (GeneralSecurityException unusable) {
      throw new IOException("the certificates in " + authorities + " cannot be used", unusable);
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /// The certificates in a file, in their order there.
  ///
  /// @throws IOException when it cannot be read or holds none
  public static List<Certificate> certificates(Path file) throws IOException {
    Collection<? extends Certificate> found;
    try {
      found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
    } catch (GeneralSecurityException malformed) {
      throw new IOException(file + " (expected: PEM certificates)", malformed);
    }
    if (found.isEmpty()) {
      throw new IOException(file + " (expected: PEM certificates)");
    }
    return new ArrayList<>(found);
  }

  /// The EC key in a PEM file.
  ///
  /// @throws IOException when it cannot be read or is no PKCS#8 EC key
  public static PrivateKey privateKey(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.US_ASCII);
    int begin = text.indexOf(KEY_BEGIN);
    int end = text.indexOf(KEY_END);
    if (begin < 0 || end < begin) {
      throw new IOException(file + " (expected: a PEM private key in PKCS#8)");
    }
    byte[] encoded = new byte[0];
    try {
      encoded = Base64.getMimeDecoder().decode(text.substring(begin + KEY_BEGIN.length(), end));
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (IllegalArgumentException | GeneralSecurityException malformed) {
      throw new IOException(file + " (expected: an EC key)", malformed);
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }
}
