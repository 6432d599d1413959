package io.quorumvault.api.nodes;

import io.quorumvault.VaultFailure;

/// How asking one node came out.
public sealed interface Attempt<A> {
  /// The node did it.
  record Answered<A>(A answer) implements Attempt<A> {}

  /// The node said that it did not, or does not know, and why.
  record Refused<A>(VaultFailure failure) implements Attempt<A> {}

  /// Nothing of the request left: the node cannot have acted on it.
  record NotSent<A>() implements Attempt<A> {}

  /// The request may have arrived, and no answer did. What was asked may have been done, or may
  /// still be done.
  record Unanswered<A>() implements Attempt<A> {}
}
