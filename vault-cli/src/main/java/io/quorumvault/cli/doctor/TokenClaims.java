package io.quorumvault.cli.doctor;

import io.quorumvault.cli.JsonObject;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// What a bearer token says of itself (RFC 7519). It is read, not verified: only the vault can, and
/// does.
///
/// @param audience whom it is for
/// @param expires empty when it never says; such a token is refused
/// @param validFrom empty when it is from the beginning
record TokenClaims(
    String algorithm,
    String issuer,
    List<String> audience,
    String subject,
    Optional<Instant> expires,
    Optional<Instant> validFrom) {
  TokenClaims {
    audience = List.copyOf(audience);
  }

  /// @return empty when it is no signed JSON Web Token
  static Optional<TokenClaims> of(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      JsonObject header = part(parts[0]);
      JsonObject body = part(parts[1]);
      return Optional.of(
          new TokenClaims(
              header.text("alg").orElse("none"),
              body.text("iss").orElse(""),
              body.text("aud").map(List::of).orElseGet(() -> body.texts("aud")),
              body.text("sub").orElse(""),
              body.number("exp").map(Instant::ofEpochSecond),
              body.number("nbf").map(Instant::ofEpochSecond)));
    } catch (IOException | IllegalArgumentException | DateTimeException malformed) {
      return Optional.empty();
    }
  }

  private static JsonObject part(String encoded) throws IOException {
    return JsonObject.parse(Base64.getUrlDecoder().decode(encoded));
  }

  /// Without the token itself.
  String inWords() {
    return "of "
        + orNobody(issuer)
        + " for "
        + (audience.isEmpty() ? "nobody" : String.join(", ", audience))
        + ", subject "
        + orNobody(subject);
  }

  private static String orNobody(String name) {
    return name.isEmpty() ? "nobody" : name;
  }
}
