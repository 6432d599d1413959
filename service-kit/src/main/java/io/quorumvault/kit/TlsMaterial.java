package io.quorumvault.kit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// What is in the three PEM files at one time: who we are, with which key, and whom we trust.
/// Immutable.
///
/// @param chain our certificate first
/// @param identity who our certificate speaks for
/// @param trust checks a peer's chain against the trusted authorities (RFC 5280), and its host name
///   if the connection asks for it
record TlsMaterial(
    List<X509Certificate> chain,
    PrivateKey key,
    PeerIdentity identity,
    X509ExtendedTrustManager trust) {
  private static final Pattern PRIVATE_KEY =
      Pattern.compile(
          "-----BEGIN PRIVATE KEY-----\\s+([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  TlsMaterial {
    chain = List.copyOf(chain);
  }

  /// @param certificate PEM: our certificate, then the authorities between it and the trusted one
  /// @param key PEM: its private key, PKCS#8, not encrypted
  /// @param authorities PEM: the trusted authorities
  /// @throws IllegalArgumentException if these do not belong together; the message names the file
  ///   and what was expected in it
  static TlsMaterial of(byte[] certificate, byte[] key, byte[] authorities) {
    List<X509Certificate> chain = certificates("certificate", certificate);
    X509Certificate own = chain.getFirst();
    PeerIdentity identity =
        PeerIdentity.of(own)
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "certificate (expected: exactly one URI, urn:quorumvault:…, among its names)"));
    PrivateKey privateKey = privateKey(own.getPublicKey(), key);
    return new TlsMaterial(chain, privateKey, identity, trust(certificates("trust", authorities)));
  }

  private static List<X509Certificate> certificates(String file, byte[] pem) {
    try {
      List<X509Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (!certificates.isEmpty()) {
        return certificates;
      }
    } catch (CertificateException malformed) {
      throw new IllegalArgumentException(file + " (expected: PEM certificates)", malformed);
    }
    throw new IllegalArgumentException(file + " (expected: PEM certificates)");
  }

  private static PrivateKey privateKey(PublicKey match, byte[] pem) {
    Matcher matcher = PRIVATE_KEY.matcher(new AsciiView(pem));
    if (!matcher.find()) {
      throw new IllegalArgumentException("key (expected: PEM, BEGIN PRIVATE KEY, not encrypted)");
    }
    byte[] base64 = Arrays.copyOfRange(pem, matcher.start(1), matcher.end(1));
    byte[] encoded = new byte[0];
    try {
      encoded = Base64.getMimeDecoder().decode(base64);
      PrivateKey key =
          KeyFactory.getInstance(match.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(encoded));
      checkBelongTogether(key, match);
      return key;
    } catch (GeneralSecurityException | IllegalArgumentException refusal) {
      // No cause: what fails here was computed from the key.
      throw new IllegalArgumentException("key (expected: the private key of the certificate)");
    } finally {
      Arrays.fill(base64, (byte) 0);
      Arrays.fill(encoded, (byte) 0);
    }
  }

  private static void checkBelongTogether(PrivateKey key, PublicKey match)
      throws GeneralSecurityException {
    String algorithm =
        switch (match) {
          case ECKey _ -> "SHA256withECDSA";
          case RSAKey _ -> "SHA256withRSA";
          default -> match.getAlgorithm();
        };
    byte[] probe = "which key is this".getBytes(StandardCharsets.US_ASCII);
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(probe);
    byte[] signed = signature.sign();
    signature.initVerify(match);
    signature.update(probe);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("another key's certificate");
    }
  }

  private static X509ExtendedTrustManager trust(List<X509Certificate> authorities) {
    if (authorities.stream().anyMatch(authority -> authority.getBasicConstraints() < 0)) {
      throw new IllegalArgumentException("trust (expected: certificates of authorities only)");
    }
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry("authority-" + i, authorities.get(i));
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
      throw new IllegalStateException("a JDK's PKIX trust manager is an extended one");
    } catch (GeneralSecurityException | IOException unusable) {
      throw new IllegalStateException("a JDK can always hold certificates in memory", unusable);
    }
  }

  /// The bytes as characters, so that a key is never a `String`.
  private static final class AsciiView implements CharSequence {
    private final byte[] bytes;
    private final int start;
    private final int end;

    AsciiView(byte[] bytes) {
      this(bytes, 0, bytes.length);
    }

    private AsciiView(byte[] bytes, int start, int end) {
      this.bytes = bytes;
      this.start = start;
      this.end = end;
    }

    @Override
    public int length() {
      return end - start;
    }

    @Override
    public char charAt(int index) {
      return (char) (bytes[start + index] & 0xff);
    }

    @Override
    public CharSequence subSequence(int from, int to) {
      return new AsciiView(bytes, start + from, start + to);
    }

    @Override
    public String toString() {
      return "AsciiView[" + length() + " bytes]";
    }
  }
}
