package io.quorumvault.cli.client;

import io.quorumvault.Limits;
import io.quorumvault.cli.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Lists that come in pages.
final class Pages {
  private Pages() {}

  /// All elements of a list, in order. Not a snapshot: what changes meanwhile may be in it or not.
  ///
  /// @param query further parameters, each with its `&`, encoded
  /// @param member what the elements are called in the answer
  static List<JsonObject> all(VaultClient vault, String path, String query, String member) {
    return pages(call -> Optional.of(vault.send(call)), path, query, member, Integer.MAX_VALUE)
        .orElseThrow();
  }

  /// The first elements of a list, in order.
  static List<JsonObject> first(int most, VaultClient vault, String path, String member) {
    List<JsonObject> elements =
        pages(call -> Optional.of(vault.send(call)), path, "", member, most).orElseThrow();
    return elements.subList(0, Math.min(most, elements.size()));
  }

  /// The same of a list that belongs to a secret; empty when there is no such secret.
  static Optional<List<JsonObject>> find(VaultClient vault, String path, String member) {
    return pages(vault::find, path, "", member, Integer.MAX_VALUE);
  }

  private static Optional<List<JsonObject>> pages(
      Function<Call, Optional<Answer>> vault, String path, String query, String member, int most) {
    List<JsonObject> elements = new ArrayList<>();
    String first = path + "?limit=" + Math.min(most, Limits.PAGE_MAX) + query;
    Set<String> cursors = new HashSet<>();
    Optional<String> next = Optional.of(first);
    while (next.isPresent() && elements.size() < most) {
      try (Call call = Call.read(next.get())) {
        Optional<Answer> found = vault.apply(call);
        if (found.isEmpty()) {
          return Optional.empty();
        }
        try (Answer answer = found.get()) {
          JsonObject page = answer.document();
          elements.addAll(page.objects(member));
          Optional<String> cursor = page.text("nextCursor");
          if (cursor.isPresent() && !cursors.add(cursor.get())) {
            throw Answer.strange(); // a list that bites its own tail would never end
          }
          next = cursor.map(text -> first + "&cursor=" + encode(text));
        }
      }
    }
    return Optional.of(elements);
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
