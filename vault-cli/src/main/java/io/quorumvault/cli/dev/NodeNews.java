package io.quorumvault.cli.dev;

import io.quorumvault.cli.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a node says of itself.
final class NodeNews {
  private static final Pattern MARGIN =
      Pattern.compile("(?m)^quorumvault_share_margin(?:\\{[^}\n]*})? (-?[0-9]+(?:\\.0+)?)$");

  private final JsonObject data;
  private final Optional<Long> margin;

  /// @param health its health document; what is no such document says nothing
  /// @param metrics its metrics, in the text format
  NodeNews(String health, String metrics) {
    this.data = data(health);
    Matcher found = MARGIN.matcher(metrics);
    this.margin =
        found.find() ? Optional.of((long) Double.parseDouble(found.group(1))) : Optional.empty();
  }

  private static JsonObject data(String health) {
    try {
      return JsonObject.parse(health.getBytes(StandardCharsets.UTF_8)).objects("checks").stream()
          .flatMap(check -> check.object("data").stream())
          .findFirst()
          .orElseGet(() -> JsonObject.builder().build());
    } catch (IOException nothing) {
      return JsonObject.builder().build();
    }
  }

  boolean is(String fact) {
    return data.isTrue(fact);
  }

  /// Whether it says that something is not so.
  boolean isNot(String fact) {
    return data.isFalse(fact);
  }

  /// How many of something there are; empty while the node has not looked.
  Optional<Long> count(String what) {
    return data.number(what);
  }

  /// By how many the holders of the least held secret it has met lately exceed the threshold.
  Optional<Long> shareMargin() {
    return margin;
  }
}
