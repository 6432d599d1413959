package io.quorumvault.storage.peers;

import io.quorumvault.audit.AuditEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The ids of callers' requests on their way to another node, for its audit log: one for each item
/// of a batch, in its order. They are no part of what is asked: beside it, so that nodes of before
/// and after an upgrade understand each other, and so that a node which is told nothing, or
/// nonsense, records that there is no id.
public final class RequestIds {
  public static final String HEADER = "Quorum-Request-Ids";

  /// A hundred ids as the vault makes them, and well within what a server takes of headers. Items
  /// beyond go without.
  static final int CHARS_MAX = 4096;

  private static final String BETWEEN = ",";

  private RequestIds() {}

  /// @return null if there is nothing to tell
  static @Nullable String joined(List<String> ids) {
    StringBuilder joined = new StringBuilder();
    boolean any = false;
    for (String id : ids) {
      if (joined.length() + BETWEEN.length() + id.length() > CHARS_MAX) {
        break;
      }
      any |= !id.equals(AuditEvent.NO_REQUEST);
      joined.append(joined.isEmpty() ? "" : BETWEEN).append(id);
    }
    return any ? joined.toString() : null;
  }

  /// As many as there are items; `AuditEvent.NO_REQUEST` for each of which there is none, or none
  /// that is well-formed.
  ///
  /// @param header as it came, null for none
  public static List<String> split(@Nullable String header, int items) {
    List<String> sent =
        header == null || header.length() > CHARS_MAX
            ? List.of()
            : Stream.of(header.split(BETWEEN, items + 1)).map(String::strip).toList();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < items; i++) {
      ids.add(AuditEvent.requestId(i < sent.size() ? sent.get(i) : null));
    }
    return ids;
  }
}
