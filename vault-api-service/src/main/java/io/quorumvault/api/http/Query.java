package io.quorumvault.api.http;

import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.Violation;
import io.quorumvault.dotenv.Dialect;
import io.quorumvault.dotenv.EnvMode;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The query parameters of a request: known ones, each once. An unknown one is refused, since a
/// caller who writes `?ta=` would otherwise get an answer to another question.
final class Query {
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?([Zz]|[+-]\\d{2}:\\d{2})");
  static final Violation MODE_KNOWN =
      new Violation("mode", "mode-known", "One of " + words(EnvMode.values()) + ".");

  static final Violation DIALECT_KNOWN =
      new Violation("dialect", "dialect-known", "One of " + words(Dialect.values()) + ".");

  private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]{0,3}");

  private final Map<String, String> parameters;

  private Query(Map<String, String> parameters) {
    this.parameters = parameters;
  }

  /// @throws VaultFailure 400 for a parameter that is not among `known` or is there twice
  static Query of(UriInfo uri, Set<String> known) {
    Map<String, String> parameters = new HashMap<>();
    MultivaluedMap<String, String> sent = uri.getQueryParameters(false);
    if (hasNameless(uri)) {
      throw unknown(known);
    }
    for (Map.Entry<String, List<String>> parameter : sent.entrySet()) {
      if (!known.contains(parameter.getKey())) {
        throw unknown(known);
      }
      if (parameter.getValue().size() != 1) {
        throw VaultFailure.invalid(
            parameter.getKey(), "parameter-once", "Each parameter at most once.");
      }
      parameters.put(parameter.getKey(), decoded(parameter.getValue().getFirst()));
    }
    return new Query(parameters);
  }

  /// Whether there is a parameter without a name, which JAX-RS passes over.
  private static boolean hasNameless(UriInfo uri) {
    String query = uri.getRequestUri().getRawQuery();
    return query != null && (query.startsWith("=") || query.contains("&="));
  }

  private static VaultFailure unknown(Set<String> known) {
    return VaultFailure.invalid(
        "query",
        "parameter-known",
        known.isEmpty() ? "No parameters." : "Only the parameters " + listed(known) + ".");
  }

  /// @throws VaultFailure 400
  static void checkNone(UriInfo uri) {
    Query _ = of(uri, Set.of());
  }

  /// The instant asked for, in whole milliseconds: versions begin at whole milliseconds, so a finer
  /// instant sees what the millisecond it lies in sees.
  Optional<Instant> at() {
    return text("at").map(Query::instant);
  }

  int limit() {
    return text("limit").map(Query::pageSize).orElse(Limits.PAGE_DEFAULT);
  }

  Optional<String> cursor() {
    return text("cursor");
  }

  /// The beginning of names, empty for all.
  String prefix() {
    String prefix = text("prefix").orElse("");
    if (!prefix.isEmpty() && Names.secretName(prefix).isEmpty()) {
      throw VaultFailure.invalid("prefix", "prefix-form", "The beginning of a secret name.");
    }
    return prefix;
  }

  /// The form of the contract, if the caller insists on one.
  ///
  /// @throws VaultFailure 400 for anything but `json` and `yaml`
  Optional<Contract.Form> format() {
    return text("format")
        .map(form ->
            switch (form) {
              case "json" -> Contract.Form.JSON;
              case "yaml" -> Contract.Form.YAML;
              default ->
                  throw VaultFailure.invalid("format", "format-known", "One of json and yaml.");
            });
  }

  /// What to do with a file, by default all of it.
  EnvMode mode() {
    return text("mode")
        .map(sent -> EnvMode.of(sent).orElseThrow(() -> VaultFailure.invalid(List.of(MODE_KNOWN))))
        .orElse(EnvMode.DEFAULT);
  }

  /// The reader a file is for.
  Dialect dialect() {
    return text("dialect")
        .map(sent ->
            Dialect.of(sent).orElseThrow(() -> VaultFailure.invalid(List.of(DIALECT_KNOWN))))
        .orElse(Dialect.PORTABLE);
  }

  boolean flag(String parameter) {
    return text(parameter)
        .map(sent ->
            switch (sent) {
              case "true" -> true;
              case "false" -> false;
              default ->
                  throw VaultFailure.invalid(parameter, "parameter-boolean", "true or false.");
            })
        .orElse(false);
  }

  private Optional<String> text(String parameter) {
    return Optional.ofNullable(parameters.get(parameter));
  }

  private static Instant instant(String text) {
    if (RFC_3339.matcher(text).matches()) {
      try {
        return OffsetDateTime.parse(text.toUpperCase(Locale.ROOT))
            .toInstant()
            .truncatedTo(ChronoUnit.MILLIS);
      } catch (DateTimeParseException noSuchTime) {
        // Said below.
      }
    }
    throw VaultFailure.invalid(
        List.of(
            new Violation(
                "at", "instant-form", "A time as in RFC 3339, for example 2026-11-01T12:00:00Z.")));
  }

  private static int pageSize(String text) {
    if (LIMIT.matcher(text).matches()) {
      int limit = Integer.parseInt(text);
      if (limit <= Limits.PAGE_MAX) {
        return limit;
      }
    }
    throw VaultFailure.invalid(
        "limit", "limit-range", "A number from 1 to " + Limits.PAGE_MAX + ".");
  }

  /// As in RFC 3986: a plus is a plus, so that an offset in `at` need not be escaped.
  private static String decoded(String raw) {
    try {
      return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException badEscape) {
      throw VaultFailure.invalid("query", "parameter-escape", "Escapes as in RFC 3986.");
    }
  }

  private static String words(Object[] known) {
    return Arrays.stream(known).map(Object::toString).collect(Collectors.joining(", "));
  }

  private static String listed(Set<String> known) {
    return String.join(", ", known.stream().sorted().toList());
  }
}
