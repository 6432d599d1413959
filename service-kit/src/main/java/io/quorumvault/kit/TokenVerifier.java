package io.quorumvault.kit;

import static java.lang.System.Logger.Level.WARNING;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.helidon.security.jwt.Jwt;
import io.helidon.security.jwt.SignedJwt;
import io.helidon.security.jwt.jwk.JwkEC;
import io.helidon.security.jwt.jwk.JwkKeys;
import io.helidon.security.jwt.jwk.JwkRSA;
import io.quorumvault.Bytes;
import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.policy.Caller;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Turns a bearer token into the caller it stands for, or refuses it.
///
/// A token is a signed JWT (RFC 7519) whose `alg` is one of ours, whose `kid` is a key of the key
/// set meant for that very algorithm, and whose signature verifies; then its issuer and audience
/// must be ours, it must carry an expiry, be in time within `CLOCK_SKEW`, and have a subject. Never
/// `none`, never a symmetric algorithm, never a header we would have to understand (`crit`), never
/// a key for development unless that is what the service is set up for. This follows the advice of
/// RFC 8725.
///
/// Since every node verifies every message, a verified token is remembered by its SHA-256 until it
/// expires, for at most a minute, and only as long as the key set does not change. Safe for use by
/// several threads.
public final class TokenVerifier {
  private static final System.Logger LOG = System.getLogger(TokenVerifier.class.getName());

  /// How far the issuer's clock may be from ours.
  static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

  /// How long a verified token is remembered.
  static final Duration REMEMBERED = Duration.ofSeconds(60);

  /// How many verified tokens are remembered: callers of one minute. About 1 MB when full.
  private static final int REMEMBERED_MAX = 4096;

  private static final Set<String> ALGORITHMS =
      Set.of(
          JwkEC.ALG_ES256,
          JwkEC.ALG_ES384,
          JwkEC.ALG_ES512,
          JwkRSA.ALG_RS256,
          JwkRSA.ALG_RS384,
          JwkRSA.ALG_RS512);

  /// RFC 6750, section 2.1; the scheme's case does not matter (RFC 9110, section 11.1).
  private static final Pattern BEARER =
      Pattern.compile("[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9\\-._~+/]+=*)");

  private static final String GROUPS = "groups";
  private static final List<String> TIMES = List.of("exp", "nbf", "iat");

  /// Seconds of some thirty thousand years: whatever is beyond is no time.
  private static final BigDecimal TIME_MAX = BigDecimal.valueOf(1_000_000_000_000L);

  /// Header, payload and signature (RFC 7515, section 3.1).
  private static final int PARTS = 3;

  private static final Base64.Decoder BASE64 = Base64.getUrlDecoder();

  private final String issuer;
  private final Set<String> audiences;
  private final TokenKeys keys;
  private final InstantSource clock;

  private final Map<Bytes, Verified> remembered;

  /// @param rememberedMax the least recently used beyond this many are forgotten
  TokenVerifier(
      String issuer,
      Set<String> audiences,
      TokenKeys keys,
      InstantSource clock,
      int rememberedMax) {
    if (issuer.isBlank() || audiences.isEmpty() || audiences.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("issuer and audiences (expected: not empty)");
    }
    this.issuer = issuer;
    this.audiences = Set.copyOf(audiences);
    this.keys = keys;
    this.clock = clock;
    this.remembered =
        Collections.synchronizedMap(
            new LinkedHashMap<>(16, 0.75f, true) {
              @Override
              protected boolean removeEldestEntry(Map.Entry<Bytes, Verified> eldest) {
                return size() > rememberedMax;
              }
            });
  }

  /// A verifier for the tokens of one issuer.
  ///
  /// @param issuer what `iss` must be
  /// @param audiences one of which `aud` must contain
  /// @param keysLocation the key set: a path, or a `file:` or `https:` URI; `http:` only on
  ///   loopback, since whoever can change the keys under way can be anybody
  /// @throws IllegalStateException if there is no key set now: a service does not start without one
  /// @throws IllegalArgumentException for a location of another kind, or an empty issuer or
  ///   audience
  public static TokenVerifier of(String issuer, Set<String> audiences, String keysLocation) {
    if (issuer.equals(DevIssuer.NAME)) {
      LOG.log(
          WARNING, "Tokens of a dev cluster are accepted here ({0}): not for production.", issuer);
    }
    return new TokenVerifier(
        issuer,
        audiences,
        keysAt(keysLocation, InstantSource.system(), System::nanoTime),
        InstantSource.system(),
        REMEMBERED_MAX);
  }

  static TokenKeys keysAt(String location, InstantSource clock, LongSupplier nanoTime) {
    if (location.startsWith("https:")) {
      return new RemoteKeys(URI.create(location), nanoTime);
    }
    if (location.startsWith("http:")) {
      URI uri = URI.create(location);
      if (!isLoopback(uri.getHost())) {
        throw new IllegalArgumentException("key set at " + location + " (expected: https)");
      }
      return new RemoteKeys(uri, nanoTime);
    }
    Path path = location.startsWith("file:") ? Path.of(URI.create(location)) : Path.of(location);
    return new KeyFile(path, clock, nanoTime);
  }

  /// The token of an `Authorization` header.
  ///
  /// @throws VaultFailure UNAUTHENTICATED if there is none
  public static String bearerToken(@Nullable String authorization) {
    if (authorization != null
        && authorization.length() <= "Bearer ".length() + Limits.TOKEN_CHARS_MAX) {
      var matcher = BEARER.matcher(authorization);
      if (matcher.matches()) {
        return matcher.group(1);
      }
    }
    throw refused("A bearer token is needed in the Authorization header.");
  }

  /// The caller that `token` stands for.
  ///
  /// @throws VaultFailure UNAUTHENTICATED if it stands for nobody; the detail says which rule it
  ///   breaks and repeats nothing of it. Trying again helps only with another token
  public Caller verify(String token) {
    if (token.isEmpty() || token.length() > Limits.TOKEN_CHARS_MAX) {
      throw refused("The bearer token is longer than any of ours.");
    }
    JwkKeys known = keys.current();
    Bytes digest = sha256(token);
    Instant now = clock.instant();
    Optional<Caller> earlier = remembered(digest, known, now);
    if (earlier.isPresent()) {
      return earlier.get();
    }
    SignedJwt signed = parse(token);
    JwkKeys used = checkSignature(signed, known);
    Jwt jwt = claims(signed);
    Instant expiry = checkClaims(jwt, now);
    Caller caller = caller(jwt);
    Instant until = now.plus(REMEMBERED);
    remembered.put(digest, new Verified(caller, used, expiry.isBefore(until) ? expiry : until));
    return caller;
  }

  boolean remembers(String token) {
    return remembered(sha256(token), keys.current(), clock.instant()).isPresent();
  }

  /// How many tokens are kept, whether they would still be answered from memory or not.
  int rememberedCount() {
    return remembered.size();
  }

  private Optional<Caller> remembered(Bytes digest, JwkKeys known, Instant now) {
    return Optional.ofNullable(remembered.get(digest))
        .filter(earlier -> earlier.keys() == known && now.isBefore(earlier.until()))
        .map(Verified::caller);
  }

  private JwkKeys checkSignature(SignedJwt signed, JwkKeys known) {
    var headers = claims(signed).headers();
    if (!ALGORITHMS.contains(headers.algorithm().orElse(""))) {
      throw refused("The bearer token is signed with an algorithm that is not accepted.");
    }
    if (headers.headerClaims().containsKey("crit")) {
      throw refused("The bearer token has a critical header that is not understood.");
    }
    String kid = headers.keyId().orElseThrow(() -> refused("The bearer token names no key."));
    if (DevIssuer.isKeyId(kid) && !issuer.equals(DevIssuer.NAME)) {
      throw refused("The bearer token is signed with a key for development.");
    }
    JwkKeys used = known.forKeyId(kid).isPresent() ? known : keys.afterUnknownKey();
    if (used.forKeyId(kid).isEmpty()) {
      throw refused("The bearer token is signed with a key that is not known here.");
    }
    // Also checks that the key is meant for the token's algorithm.
    if (!signed.verifySignature(used).isValid()) {
      throw refused("The bearer token's signature is not valid.");
    }
    return used;
  }

  /// @return when the token expires, by our clock
  private Instant checkClaims(Jwt jwt, Instant now) {
    if (!jwt.issuer().equals(Optional.of(issuer))) {
      throw refused("The bearer token is of another issuer.");
    }
    if (Collections.disjoint(jwt.audience().orElse(List.of()), audiences)) {
      throw refused("The bearer token is meant for another audience.");
    }
    Instant expiry =
        jwt.expirationTime()
            .orElseThrow(() -> refused("The bearer token has no expiry."))
            .plus(CLOCK_SKEW);
    if (!now.isBefore(expiry)) {
      throw refused("The bearer token has expired.");
    }
    Instant soon = now.plus(CLOCK_SKEW);
    if (jwt.notBefore().orElse(now).isAfter(soon) || jwt.issueTime().orElse(now).isAfter(soon)) {
      throw refused("The bearer token is not valid yet.");
    }
    return expiry;
  }

  private static Caller caller(Jwt jwt) {
    String subject = jwt.subject().orElseThrow(() -> refused("The bearer token names no subject."));
    try {
      return new Caller(subject, Set.copyOf(jwt.userGroups().orElse(List.of())));
    } catch (IllegalArgumentException form) {
      throw refused("The bearer token's subject or groups do not have the form of names.");
    }
  }

  /// The library's exceptions are of many kinds and quote the token, so none of them leaves this
  /// place.
  private static SignedJwt parse(String token) {
    try {
      checkForm(token);
      return SignedJwt.parseToken(token);
    } catch (VaultFailure refused) {
      throw refused;
    } catch (RuntimeException malformed) {
      throw refused("The bearer token is not a signed JWT.");
    }
  }

  /// What the library reads leniently: of equal members it takes the last, and does not look behind
  /// the end; a time beyond any number is one it can hold; groups that are no list are none.
  private static void checkForm(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != PARTS
        || !(StrictJson.read(BASE64.decode(parts[0])) instanceof JsonObject)
        || !(StrictJson.read(BASE64.decode(parts[1])) instanceof JsonObject claims)) {
      throw refused("The bearer token is not a signed JWT.");
    }
    if (!TIMES.stream().allMatch(time -> isTime(claims.get(time)))
        || !areGroups(claims.get(GROUPS))) {
      throw refused("The bearer token has a claim of the wrong type.");
    }
  }

  private static boolean isTime(@Nullable JsonValue claim) {
    return claim == null
        || (claim instanceof JsonNumber number
            && number.bigDecimalValue().abs().compareTo(TIME_MAX) < 0);
  }

  private static boolean areGroups(@Nullable JsonValue claim) {
    return claim == null
        || (claim instanceof JsonArray groups
            && groups.stream().allMatch(JsonString.class::isInstance));
  }

  private static Jwt claims(SignedJwt signed) {
    try {
      return signed.getJwt();
    } catch (RuntimeException malformed) {
      throw refused("The bearer token has a claim of the wrong type.");
    }
  }

  private static VaultFailure refused(String detail) {
    return VaultFailure.of(FailureCode.UNAUTHENTICATED, detail);
  }

  private static boolean isLoopback(@Nullable String host) {
    try {
      return host != null
          && InetAddress.ofLiteral(host.replaceAll("[\\[\\]]", "")).isLoopbackAddress();
    } catch (IllegalArgumentException name) {
      return "localhost".equals(host);
    }
  }

  private static Bytes sha256(String token) {
    try {
      return Bytes.copyOf(MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("a JDK always has SHA-256", missing);
    }
  }

  private record Verified(Caller caller, JwkKeys keys, Instant until) {}
}
