/// The hallway: bounds and failures that every room shares.
///
/// `Limits` holds every bound with its reason, `FailureCode` every answer that is not a success,
/// `VaultFailure` the exception that carries one. Knows the JDK and no other room.
@NullMarked
package io.quorumvault;

import org.jspecify.annotations.NullMarked;
