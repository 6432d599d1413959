package io.quorumvault.policy;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What a rule can permit. Each stands alone: none includes another.
public enum Capability {
  CREATE,
  READ,
  UPDATE,
  DELETE,
  LIST,
  HISTORY,
  ENV,
  AUDIT;

  /// The word in a policy document and in the audit log, for example `read`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The capability with exactly this word.
  public static Optional<Capability> ofText(String text) {
    return Stream.of(values()).filter(capability -> capability.text().equals(text)).findFirst();
  }
}
