package io.quorumvault.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.UnaryOperator;

/// Signs tokens with one key, correctly or as told. Built on the JDK alone, so that the verifier is
/// not checked with its own library.
record TestIssuer(String kid, String algorithm, KeyPair keys) {
  static final String ISSUER = "https://issuer.example";
  static final String AUDIENCE = "quorum-vault";
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  static TestIssuer ec(String kid) {
    return ec(kid, "ES256", "secp256r1");
  }

  static TestIssuer ec(String kid, String algorithm, String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return new TestIssuer(kid, algorithm, generator.generateKeyPair());
    } catch (GeneralSecurityException missing) {
      throw new LinkageError(curve, missing);
    }
  }

  static TestIssuer rsa(String kid, String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return new TestIssuer(kid, algorithm, generator.generateKeyPair());
    } catch (GeneralSecurityException missing) {
      throw new LinkageError("RSA", missing);
    }
  }

  static String keySet(TestIssuer... issuers) {
    var keys = Json.createArrayBuilder();
    Arrays.stream(issuers).map(TestIssuer::jwk).forEach(keys::add);
    return Json.createObjectBuilder().add("keys", keys).build().toString();
  }

  JsonObject jwk() {
    JsonObjectBuilder jwk =
        Json.createObjectBuilder().add("kid", kid).add("alg", algorithm).add("use", "sig");
    switch (keys.getPublic()) {
      case ECPublicKey key -> {
        int bits = key.getParams().getOrder().bitLength();
        jwk.add("kty", "EC")
            .add("crv", "P-" + bits)
            .add("x", number(key.getW().getAffineX(), bits))
            .add("y", number(key.getW().getAffineY(), bits));
      }
      case RSAPublicKey key ->
          jwk.add("kty", "RSA")
              .add("n", number(key.getModulus(), key.getModulus().bitLength()))
              .add("e", number(key.getPublicExponent(), 24));
      default -> throw new IllegalArgumentException(keys.getPublic().getAlgorithm());
    }
    return jwk.build();
  }

  /// A token that is in order at `now`, for `ann` of `ops`.
  String token(Instant now) {
    return token(now, claims -> claims);
  }

  String token(Instant now, UnaryOperator<JsonObjectBuilder> change) {
    return token(
        Json.createObjectBuilder().add("alg", algorithm).add("kid", kid).add("typ", "JWT").build(),
        change.apply(claims(now)).build());
  }

  static JsonObjectBuilder claims(Instant now) {
    return Json.createObjectBuilder()
        .add("iss", ISSUER)
        .add("aud", AUDIENCE)
        .add("sub", "ann")
        .add("iat", now.getEpochSecond())
        .add("exp", now.getEpochSecond() + 3600)
        .add("groups", Json.createArrayBuilder().add("ops"));
  }

  String token(JsonObject header, JsonObject claims) {
    return token(header.toString(), claims.toString());
  }

  /// Header and claims as they are written, whatever that is.
  String token(String header, String claims) {
    return signed(encoded(header) + "." + encoded(claims));
  }

  /// @param parts header and payload with the dot between them
  String signed(String parts) {
    return parts + "." + BASE64.encodeToString(signature(parts));
  }

  static String encoded(String json) {
    return BASE64.encodeToString(json.getBytes(UTF_8));
  }

  private byte[] signature(String signed) {
    try {
      Signature signature =
          Signature.getInstance(
              switch (algorithm) {
                case "ES256" -> "SHA256withECDSAinP1363Format";
                case "ES384" -> "SHA384withECDSAinP1363Format";
                case "ES512" -> "SHA512withECDSAinP1363Format";
                case "RS256" -> "SHA256withRSA";
                case "RS384" -> "SHA384withRSA";
                case "RS512" -> "SHA512withRSA";
                default -> throw new IllegalArgumentException(algorithm);
              });
      signature.initSign(keys.getPrivate());
      signature.update(signed.getBytes(UTF_8));
      return signature.sign();
    } catch (GeneralSecurityException missing) {
      throw new LinkageError(algorithm, missing);
    }
  }

  private static String number(BigInteger value, int bits) {
    byte[] bytes = value.toByteArray();
    byte[] exact = new byte[(bits + 7) / 8];
    int length = Math.min(bytes.length, exact.length);
    System.arraycopy(bytes, bytes.length - length, exact, exact.length - length, length);
    return BASE64.encodeToString(exact);
  }
}
