package io.quorumvault.api.http;

import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The headers that say under which condition, and as which request, a write is meant, and what its
/// answer should be.
final class Conditions {
  static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  static final String PREFER = "Prefer";
  static final String PREFERENCE_APPLIED = "Preference-Applied";

  /// The one preference that is known (RFC 7240, section 4.2).
  static final String REPRESENTATION = "return=representation";

  /// One preference of a list: its name, its value if it has one, and parameters, which mean
  /// nothing here. Commas in quotes do not end it.
  private static final Pattern PREFERENCE =
      Pattern.compile(
          "\\s*(?<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)"
              + "(?:\\s*=\\s*(?:\"(?<quoted>[^\"\\\\]*+)\"|(?<token>[^\\s\",;]*+)))?"
              + "(?:\\s*;(?:[^\",]|\"(?:[^\"\\\\]|\\\\.)*+\")*+)?\\s*(?:,|$)");

  private static final Pattern STRONG_VERSION_TAG = Pattern.compile("\"([1-9][0-9]{0,17})\"");
  private static final Pattern KEY =
      Pattern.compile("[!-~]{1," + Limits.IDEMPOTENCY_KEY_CHARS_MAX + "}");

  private Conditions() {}

  /// The entity tag of a version.
  static String tag(long version) {
    return '"' + Long.toString(version) + '"';
  }

  /// The version the caller insists on.
  ///
  /// @throws VaultFailure 400 for any other form than `"N"`: `*` asks nothing that an update does
  ///   not ask anyway, weak tags do not exist here, and of a list at most one can be right
  static Optional<Long> ifMatch(HttpHeaders headers) {
    return single(headers, HttpHeaders.IF_MATCH, "The ETag of one version, for example \"3\".")
        .map(tag -> {
          Matcher matcher = STRONG_VERSION_TAG.matcher(tag);
          if (!matcher.matches()) {
            throw VaultFailure.invalid(
                HttpHeaders.IF_MATCH, "etag-form", "The ETag of one version, for example \"3\".");
          }
          return Long.valueOf(matcher.group(1));
        });
  }

  /// @throws VaultFailure 400 for a key that is not 1 to 255 visible ASCII characters
  static Optional<String> idempotencyKey(HttpHeaders headers) {
    String rule = "1 to " + Limits.IDEMPOTENCY_KEY_CHARS_MAX + " visible ASCII characters.";
    Optional<String> key = single(headers, IDEMPOTENCY_KEY, rule);
    if (key.filter(text -> !KEY.matcher(text).matches()).isPresent()) {
      throw VaultFailure.invalid(IDEMPOTENCY_KEY, "key-form", rule);
    }
    return key;
  }

  /// Whether the caller would rather have an answer that shows what was done than one that is
  /// empty. A preference binds nobody: what is not understood is passed over (RFC 7240, section 2),
  /// and who asks for both has asked for neither (section 4.2).
  static boolean prefersRepresentation(HttpHeaders headers) {
    List<String> sent = headers.getRequestHeader(PREFER);
    Set<String> returns = new HashSet<>();
    for (String list : sent == null ? List.<String>of() : sent) {
      Matcher preference = PREFERENCE.matcher(list);
      while (preference.lookingAt()) {
        if (preference.group("name").equalsIgnoreCase("return")) {
          String token = preference.group("token");
          String value = token == null ? preference.group("quoted") : token;
          returns.add(value == null ? "" : value.toLowerCase(Locale.ROOT));
        }
        preference.region(preference.end(), list.length());
      }
    }
    return returns.equals(Set.of("representation"));
  }

  private static Optional<String> single(HttpHeaders headers, String name, String rule) {
    List<String> sent = headers.getRequestHeader(name);
    if (sent == null || sent.isEmpty()) {
      return Optional.empty();
    }
    if (sent.size() > 1) {
      throw VaultFailure.invalid(name, "header-once", rule);
    }
    return Optional.of(sent.getFirst());
  }
}
