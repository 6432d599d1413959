package io.quorumvault.wire;

import io.quorumvault.protocol.Membership;

/// What two nodes must agree on before either believes the other: they stand at the head of every
/// batch.
///
/// @param protocol version of the messages and of the stored records
public record Terms(int protocol, Membership membership) {
  /// The version this code speaks.
  public static final int PROTOCOL = 1;

  public static Terms of(Membership membership) {
    return new Terms(PROTOCOL, membership);
  }
}
