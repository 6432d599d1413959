package io.quorumvault.wire;

import io.quorumvault.secret.SecretName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// @param secrets in the order of names; may be fewer than asked for even if there are more
/// @param next where the next page starts: after this name; null when there is none
public record ListAnswer(List<Listed> secrets, @Nullable SecretName next) {
  public record Listed(SecretName name, long version, Instant validFrom) {}
}
