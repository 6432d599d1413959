package io.quorumvault.system;

import io.quorumvault.system.ServedContract.Operation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A request made of the contract, and what may be expected of it.
///
/// @param target path and query
/// @param body belongs to this
/// @param broken rules of the contract that it breaks, in words
/// @param mayMissOperation it may be refused before it is known which operation is meant
/// @param orderly it breaks no rule, has a good token and the usual media types, and none of its
///   parts is one that only the vault can judge
@SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
record FuzzedRequest(
    Operation operation,
    String target,
    Map<String, String> headers,
    Optional<byte[]> body,
    List<String> broken,
    boolean mayMissOperation,
    boolean orderly) {
  /// Whether a proxy that reads it can write it again as it was: its body is what it says, and only
  /// parameters are wrong.
  boolean passesProxies() {
    return !mayMissOperation
        && body.map(bytes -> bytes.length).orElse(0) < (1 << 20)
        && operation
            .body()
            .map(ServedContract.Content::mediaType)
            .equals(Optional.ofNullable(headers.get("Content-Type")))
        && broken.stream()
            .allMatch(rule -> rule.startsWith("query ") || rule.startsWith("header "));
  }

  /// Everything but the token and the body.
  @Override
  public String toString() {
    Map<String, String> shown = new java.util.TreeMap<>(headers);
    shown.computeIfPresent("Authorization", (_, _) -> "...");
    return "%s %s %s body of %d bytes, breaks %s"
        .formatted(
            operation.method(), target, shown, body.map(bytes -> bytes.length).orElse(0), broken);
  }
}
