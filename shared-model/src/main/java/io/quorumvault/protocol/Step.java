package io.quorumvault.protocol;

import java.util.List;

/// What one request does to a node. The host makes `changes` durable, *then* sends `reply`. There
/// is no third way.
public record Step(List<Change> changes, Reply reply) {
  public Step {
    changes = List.copyOf(changes);
  }

  static Step only(Reply reply) {
    return new Step(List.of(), reply);
  }
}
