/// Who may do what: rules, and the decision they lead to. Nothing is allowed unless a rule allows
/// it.
///
/// Decisions depend on the caller, the rules and the time given, never on whether a secret exists.
/// May import the hallway, `secret`, `wire` and the JDK; reading the file is the services' part.
@NullMarked
package io.quorumvault.policy;

import org.jspecify.annotations.NullMarked;
