package io.quorumvault.kit;

import static java.lang.System.Logger.Level.WARNING;

import io.helidon.security.jwt.jwk.Jwk;
import io.helidon.security.jwt.jwk.JwkEC;
import io.helidon.security.jwt.jwk.JwkKeys;
import io.helidon.security.jwt.jwk.JwkRSA;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.security.interfaces.RSAKey;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads a JSON Web Key Set (RFC 7517) and keeps the keys that may verify our tokens: public EC and
/// RSA keys with an id. Symmetric keys are left out, or whoever knows a public key could sign with
/// it.
final class SigningKeys {
  private static final System.Logger LOG = System.getLogger(SigningKeys.class.getName());

  /// Longest key set: hundreds of keys.
  static final int DOCUMENT_BYTES_MAX = 256 << 10;

  /// NIST SP 800-131A: shorter RSA keys are not acceptable.
  private static final int RSA_BITS_MIN = 2048;

  /// The members a public signing key is read from. All others, private parts above all, are
  /// dropped before anything that logs gets to see them.
  private static final List<String> PUBLIC_MEMBERS =
      List.of("kty", "kid", "alg", "use", "key_ops", "crv", "x", "y", "n", "e");

  private SigningKeys() {}

  /// @throws IllegalArgumentException if the document is no key set; the message repeats nothing of
  ///   it
  static JwkKeys parse(byte[] document) {
    JwkKeys.Builder keys = JwkKeys.builder();
    Set<String> ids = new HashSet<>();
    int leftOut = 0;
    for (JsonValue element : keyArray(document)) {
      Optional<Jwk> key = element instanceof JsonObject json ? verifying(json) : Optional.empty();
      if (key.isEmpty()) {
        leftOut++;
      } else if (!ids.add(key.get().keyId())) {
        throw new IllegalArgumentException("keys (expected: every kid once)");
      } else {
        keys.addKey(key.get());
      }
    }
    if (leftOut > 0) {
      LOG.log(
          WARNING,
          "{0} keys of the key set cannot verify tokens and are not used (expected: EC P-256, P-384,"
              + " P-521 or RSA of at least {1} bits, with kid)",
          leftOut,
          RSA_BITS_MIN);
    }
    return keys.build();
  }

  private static List<JsonValue> keyArray(byte[] document) {
    if (!(StrictJson.read(document) instanceof JsonObject set)) {
      throw new IllegalArgumentException("key set (expected: a JSON object)");
    }
    if (set.get("keys") instanceof JsonArray keys) {
      return keys;
    }
    throw new IllegalArgumentException("keys (expected: an array)");
  }

  private static Optional<Jwk> verifying(JsonObject json) {
    JsonObjectBuilder builder = Json.createObjectBuilder();
    PUBLIC_MEMBERS.stream()
        .filter(json::containsKey)
        .forEach(member -> builder.add(member, json.get(member)));
    JsonObject key = builder.build();
    try {
      return switch (key.getString("kty", "")) {
        case "EC" -> Optional.<Jwk>of(JwkEC.create(key)).filter(SigningKeys::isForTokens);
        case "RSA" ->
            Optional.of(JwkRSA.create(key))
                .filter(rsa -> ((RSAKey) rsa.publicKey()).getModulus().bitLength() >= RSA_BITS_MIN)
                .<Jwk>map(rsa -> rsa)
                .filter(SigningKeys::isForTokens);
        default -> Optional.empty();
      };
    } catch (RuntimeException unusable) {
      // The library throws what its parts throw.
      return Optional.empty();
    }
  }

  private static boolean isForTokens(Jwk key) {
    return key.keyId() != null && !"enc".equals(key.usage().orElse("sig"));
  }
}
