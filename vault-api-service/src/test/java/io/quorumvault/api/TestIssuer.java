package io.quorumvault.api;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.UnaryOperator;

/// Signs tokens, with the JDK alone.
final class TestIssuer {
  static final String ISSUER = "https://issuer.test";
  static final String AUDIENCE = "quorum-vault";

  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final int COORDINATE_BYTES = 32;

  private final KeyPair keys = TestAuthority.newKeys();

  /// The key set others verify with.
  String keySet() {
    ECPublicKey key = (ECPublicKey) keys.getPublic();
    JsonObject jwk =
        Json.createObjectBuilder()
            .add("kid", "test")
            .add("alg", "ES256")
            .add("use", "sig")
            .add("kty", "EC")
            .add("crv", "P-256")
            .add("x", coordinate(key.getW().getAffineX()))
            .add("y", coordinate(key.getW().getAffineY()))
            .build();
    return Json.createObjectBuilder()
        .add("keys", Json.createArrayBuilder().add(jwk))
        .build()
        .toString();
  }

  /// A good token for `subject`.
  String token(String subject) {
    return token(subject, claims -> claims);
  }

  String token(String subject, UnaryOperator<JsonObjectBuilder> change) {
    long now = Instant.now().getEpochSecond();
    JsonObject header = Json.createObjectBuilder().add("alg", "ES256").add("kid", "test").build();
    JsonObjectBuilder claims =
        Json.createObjectBuilder()
            .add("iss", ISSUER)
            .add("aud", AUDIENCE)
            .add("sub", subject)
            .add("iat", now)
            .add("exp", now + 3600);
    String signed = text(header.toString()) + "." + text(change.apply(claims).build().toString());
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(keys.getPrivate());
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + BASE64.encodeToString(signature.sign());
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("a JDK always has ES256", missing);
    }
  }

  /// Claims in order under `alg: none`.
  static String unsigned(String subject) {
    return text("{\"alg\":\"none\"}")
        + "."
        + text(
            "{\"iss\":\""
                + ISSUER
                + "\",\"aud\":\""
                + AUDIENCE
                + "\",\"sub\":\""
                + subject
                + "\",\"exp\":4102444800}")
        + ".";
  }

  private static String text(String json) {
    return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String coordinate(BigInteger value) {
    byte[] bytes = value.toByteArray();
    byte[] exact = new byte[COORDINATE_BYTES];
    int length = Math.min(bytes.length, COORDINATE_BYTES);
    System.arraycopy(bytes, bytes.length - length, exact, COORDINATE_BYTES - length, length);
    return BASE64.encodeToString(Arrays.copyOf(exact, COORDINATE_BYTES));
  }
}
