package io.quorumvault.policy;

import java.util.Optional;

/// What one rule that names the caller says to a request.
///
/// @param number the rule's place in the document, from 1
/// @param mismatch the first thing that keeps the rule from permitting it; empty if it permits it
public record Finding(int number, PolicyRule rule, Optional<Mismatch> mismatch) {
  /// Why a rule does not permit a request, in the order in which that is looked at.
  public enum Mismatch {
    /// It is about another namespace.
    NAMESPACE,
    /// It begins to apply later.
    NOT_YET,
    /// It has ceased to apply.
    NO_LONGER,
    /// It does not give the capability.
    CAPABILITY,
    /// It covers other names.
    NAME
  }
}
