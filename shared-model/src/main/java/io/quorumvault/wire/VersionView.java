package io.quorumvault.wire;

import io.quorumvault.secret.SecretName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What may be said of a version without its value.
///
/// @param validTo the next version's `validFrom`, null for the current version
public record VersionView(
    SecretName name, long version, Instant validFrom, @Nullable Instant validTo) {
  public boolean current() {
    return validTo == null;
  }
}
