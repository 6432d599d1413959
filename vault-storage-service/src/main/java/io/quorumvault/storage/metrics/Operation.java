package io.quorumvault.storage.metrics;

import java.util.Locale;

/// What a node does for an API server.
public enum Operation {
  WRITE,
  READ,
  HISTORY,
  LIST;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
