package io.quorumvault.protocol;

import java.util.List;

/// The newest final entry of a name, with the operations that are still remembered.
public record Head(Entry entry, List<AppliedOperation> operations) {
  public Head {
    operations = List.copyOf(operations);
  }
}
