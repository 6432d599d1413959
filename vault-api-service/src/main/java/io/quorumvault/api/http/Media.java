package io.quorumvault.api.http;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;

/// What bodies are taken and given: JSON, or for a file plain text, in UTF-8; the contract as YAML,
/// too.
///
/// Checked here and not by JAX-RS, which would answer before it is known who asks.
final class Media {
  /// What a file comes back as.
  static final MediaType TEXT = MediaType.TEXT_PLAIN_TYPE.withCharset("utf-8");

  private static final String CHARSET = "charset";

  private Media() {}

  /// @throws VaultFailure 415 unless the body is declared as `application/json`, with no parameter
  ///   but `charset=utf-8`
  static void checkBodyIsJson(HttpHeaders headers) {
    checkBody(headers, MediaType.APPLICATION_JSON_TYPE, "Send the body as application/json.");
  }

  /// @throws VaultFailure 415 unless the body is declared as `text/plain`, with no parameter but
  ///   `charset=utf-8`
  static void checkBodyIsText(HttpHeaders headers) {
    checkBody(headers, MediaType.TEXT_PLAIN_TYPE, "Send the file as text/plain; charset=utf-8.");
  }

  private static void checkBody(HttpHeaders headers, MediaType type, String rule) {
    List<String> sent = headers.getRequestHeader(HttpHeaders.CONTENT_TYPE);
    if (sent == null || sent.size() != 1 || !isUtf8(sent.getFirst(), type)) {
      throw VaultFailure.of(FailureCode.UNSUPPORTED_MEDIA_TYPE, rule);
    }
  }

  /// @throws VaultFailure 406 if the caller accepts no JSON
  static void checkJsonIsAccepted(HttpHeaders headers) {
    MediaType _ = accepted(headers, List.of(MediaType.APPLICATION_JSON_TYPE));
  }

  /// @throws VaultFailure 406 if the caller accepts no plain text
  static void checkTextIsAccepted(HttpHeaders headers) {
    MediaType _ = accepted(headers, List.of(MediaType.TEXT_PLAIN_TYPE));
  }

  /// The one of `offered` that the caller likes best; of several, the first.
  ///
  /// @throws VaultFailure 406 if the caller accepts none of them
  static MediaType accepted(HttpHeaders headers, List<MediaType> offered) {
    List<MediaType> ranges;
    try {
      ranges = headers.getAcceptableMediaTypes();
    } catch (RuntimeException malformed) {
      throw VaultFailure.invalid("Accept", "header-form", "A list of media types.");
    }
    return ranges.stream()
        .filter(Media::isTaken)
        .flatMap(range -> offered.stream().filter(range::isCompatible))
        .findFirst()
        .orElseThrow(() ->
            VaultFailure.of(
                FailureCode.NOT_ACCEPTABLE,
                "Answers are "
                    + offered.getFirst().getType()
                    + "/"
                    + offered.getFirst().getSubtype()
                    + "."));
  }

  private static boolean isUtf8(String sent, MediaType wanted) {
    MediaType type;
    try {
      type = MediaType.valueOf(sent);
    } catch (IllegalArgumentException malformed) {
      return false;
    }
    return type.getType().equalsIgnoreCase(wanted.getType())
        && type.getSubtype().equalsIgnoreCase(wanted.getSubtype())
        && type.getParameters().entrySet().stream().allMatch(Media::isUtf8);
  }

  private static boolean isUtf8(Map.Entry<String, String> parameter) {
    return parameter.getKey().equalsIgnoreCase(CHARSET)
        && parameter.getValue().equalsIgnoreCase("utf-8");
  }

  private static boolean isTaken(MediaType range) {
    return !range.getParameters().getOrDefault("q", "1").matches("0(\\.0*)?");
  }
}
