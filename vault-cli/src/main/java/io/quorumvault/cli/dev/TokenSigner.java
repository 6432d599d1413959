package io.quorumvault.cli.dev;

import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.PemTrust;
import io.quorumvault.kit.DevIssuer;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/// Signs bearer tokens with a dev cluster's own key: JSON Web Tokens (RFC 7519) with ES256 (RFC
/// 7518, section 3.4). The public key is published to the cluster's processes as a key set (RFC
/// 7517), under an id that no production configuration accepts.
final class TokenSigner {
  /// Bytes of one coordinate of a point on P-256.
  private static final int COORDINATE_BYTES = 32;

  private final ClusterFolder folder;
  private final Clock clock;

  TokenSigner(ClusterFolder folder, Clock clock) {
    this.folder = folder;
    this.clock = clock;
  }

  /// What a token says.
  ///
  /// @param groups may be empty
  record Claims(String subject, List<String> groups, String audience, Duration lifetime) {
    Claims {
      groups = List.copyOf(groups);
    }
  }

  /// Makes the key and the key set, unless they are there.
  void prepare() throws IOException {
    if (Files.exists(folder.signingKey()) && Files.exists(folder.keySet())) {
      return;
    }
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), new SecureRandom());
      KeyPair pair = generator.generateKeyPair();
      folder.write(
          folder.signingKey(),
          CertificateIssuer.pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
      folder.write(folder.keySet(), keySet((ECPublicKey) pair.getPublic()).toBytes());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("this JDK cannot make P-256 keys", impossible);
    }
  }

  private static JsonObject keySet(ECPublicKey key) throws GeneralSecurityException {
    String x = coordinate(key.getW().getAffineX());
    String y = coordinate(key.getW().getAffineY());
    // RFC 7638: the digest of the required members in alphabetical order.
    byte[] canonical =
        JsonObject.builder()
            .with("crv", "P-256")
            .with("kty", "EC")
            .with("x", x)
            .with("y", y)
            .build()
            .toCompactBytes();
    String keyId = DevIssuer.keyId(base64(MessageDigest.getInstance("SHA-256").digest(canonical)));
    return JsonObject.builder()
        .with(
            "keys",
            List.of(
                JsonObject.builder()
                    .with("kty", "EC")
                    .with("crv", "P-256")
                    .with("use", "sig")
                    .with("alg", "ES256")
                    .with("kid", keyId)
                    .with("x", x)
                    .with("y", y)
                    .build()))
        .build();
  }

  private static String coordinate(BigInteger number) {
    byte[] magnitude = number.toByteArray();
    byte[] fixed = new byte[COORDINATE_BYTES];
    int length = Math.min(magnitude.length, COORDINATE_BYTES);
    System.arraycopy(
        magnitude, magnitude.length - length, fixed, COORDINATE_BYTES - length, length);
    return base64(fixed);
  }

  /// A token that is valid from now on.
  String sign(Claims claims) throws IOException {
    PrivateKey key = PemTrust.privateKey(folder.signingKey());
    String keyId =
        JsonObject.parse(Files.readAllBytes(folder.keySet()))
            .objects("keys")
            .getFirst()
            .requiredText("kid");
    Instant now = clock.instant();
    JsonObject header =
        JsonObject.builder().with("alg", "ES256").with("typ", "JWT").with("kid", keyId).build();
    JsonObject.Builder body =
        JsonObject.builder()
            .with("iss", ClusterSettings.ISSUER)
            .with("aud", claims.audience())
            .with("sub", claims.subject())
            .with("iat", now.getEpochSecond())
            .with("exp", now.plus(claims.lifetime()).getEpochSecond())
            .with("jti", UUID.randomUUID().toString());
    if (!claims.groups().isEmpty()) {
      body.with("groups", claims.groups());
    }
    String signed = base64(header.toCompactBytes()) + "." + base64(body.build().toCompactBytes());
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(key);
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + base64(signature.sign());
    } catch (GeneralSecurityException unusable) {
      throw new IOException("the signing key cannot be used", unusable);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
