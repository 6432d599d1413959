package io.quorumvault.cli.client;

import io.quorumvault.Limits;
import io.quorumvault.cli.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Lists that come in pages.
final class Pages {
  private Pages() {}

  /// The call for one page of a list.
  interface Page {
    /// @param cursor of the page before; null for the first
    Call from(int limit, @Nullable String cursor);
  }

  /// All elements of a list, in order. Not a snapshot: what changes meanwhile may be in it or not.
  ///
  /// @param member what the elements are called in the answer
  static List<JsonObject> all(VaultClient vault, Page page, String member) {
    return pages(call -> Optional.of(vault.send(call)), page, member, Integer.MAX_VALUE)
        .orElseThrow();
  }

  /// The first elements of a list, in order.
  static List<JsonObject> first(int most, VaultClient vault, Page page, String member) {
    List<JsonObject> elements =
        pages(call -> Optional.of(vault.send(call)), page, member, most).orElseThrow();
    return elements.subList(0, Math.min(most, elements.size()));
  }

  /// The same of a list that belongs to a secret; empty when there is no such secret.
  static Optional<List<JsonObject>> find(VaultClient vault, Page page, String member) {
    return pages(vault::find, page, member, Integer.MAX_VALUE);
  }

  private static Optional<List<JsonObject>> pages(
      Function<Call, Optional<Answer>> vault, Page page, String member, int most) {
    List<JsonObject> elements = new ArrayList<>();
    int limit = Math.min(most, Limits.PAGE_MAX);
    Set<String> cursors = new HashSet<>();
    @Nullable String cursor = null;
    do {
      try (Call call = page.from(limit, cursor)) {
        Optional<Answer> found = vault.apply(call);
        if (found.isEmpty()) {
          return Optional.empty();
        }
        try (Answer answer = found.get()) {
          JsonObject document = answer.document();
          elements.addAll(document.objects(member));
          cursor = document.text("nextCursor").orElse(null);
          if (cursor != null && !cursors.add(cursor)) {
            throw Answer.strange(); // a list that bites its own tail would never end
          }
        }
      }
    } while (cursor != null && elements.size() < most);
    return Optional.of(elements);
  }
}
