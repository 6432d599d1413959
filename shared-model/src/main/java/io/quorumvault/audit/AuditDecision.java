package io.quorumvault.audit;

import java.util.Locale;

/// What the policy said.
public enum AuditDecision {
  ALLOW,
  DENY;

  /// The word in a record.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
