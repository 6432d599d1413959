package io.quorumvault.system;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Tokens that nobody should be let in with, made with and without a cluster's own key.
final class Tokens {
  private final PrivateKey key;
  private final byte[] keySet;
  private final JsonObject header;
  private final JsonObject claims;

  /// @param good a token of the cluster, which the others are made from
  Tokens(VaultCluster cluster, String good) {
    Path auth = cluster.data().resolve("auth");
    try {
      this.key = Identity.privateKey(auth.resolve("signing.key"));
      this.keySet = Files.readAllBytes(auth.resolve("jwks.json"));
    } catch (GeneralSecurityException | IOException unreadable) {
      throw new AssertionError("cannot read the signing key", unreadable);
    }
    String[] parts = good.split("\\.", -1);
    this.header = json(parts[0]);
    this.claims = json(parts[1]);
  }

  private static JsonObject json(String part) {
    String text = new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    try (JsonReader reader = Json.createReader(new StringReader(text))) {
      return reader.readObject();
    }
  }

  /// As `good`, signed again: shows that what the others lack is only what they are said to.
  String same() {
    return signed(header, claims, key);
  }

  String withClaim(String name, String value) {
    return signed(header, Json.createObjectBuilder(claims).add(name, value).build(), key);
  }

  String withClaim(String name, long value) {
    return signed(header, Json.createObjectBuilder(claims).add(name, value).build(), key);
  }

  String withoutClaim(String name) {
    return signed(header, Json.createObjectBuilder(claims).remove(name).build(), key);
  }

  String unsigned() {
    return base64(Json.createObjectBuilder(header).add("alg", "none").build())
        + "."
        + base64(claims)
        + ".";
  }

  /// Another subject under the signature of the first.
  String altered() {
    String[] parts = same().split("\\.", -1);
    return parts[0]
        + "."
        + base64(Json.createObjectBuilder(claims).add("sub", "somebody-else").build())
        + "."
        + parts[2];
  }

  /// Signed with the public key as if it were a shared secret (RFC 8725, section 2.1).
  String signedWithThePublicKey() {
    JsonObject symmetric = Json.createObjectBuilder(header).add("alg", "HS256").build();
    String text = base64(symmetric) + "." + base64(claims);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(keySet, "HmacSHA256"));
      return text + "." + base64(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  String signedWithAnotherKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return signed(header, claims, generator.generateKeyPair().getPrivate());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /// The signature that verifies with any key where (0, 0) is not refused (CVE-2022-21449).
  String signedWithZeroes() {
    return base64(header) + "." + base64(claims) + "." + base64(new byte[64]);
  }

  private static String signed(JsonObject header, JsonObject claims, PrivateKey key) {
    String text = base64(header) + "." + base64(claims);
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(key);
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return text + "." + base64(signature.sign());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String base64(JsonObject object) {
    return base64(object.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
