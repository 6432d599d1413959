package io.quorumvault.wire;

import io.quorumvault.FailureCode;
import io.quorumvault.Phase;
import io.quorumvault.VaultFailure;
import io.quorumvault.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A failure on its way from a node to whoever asked.
public record Refusal(
    FailureCode code, @Nullable Phase phase, String detail, List<Violation> violations) {
  public static Refusal of(VaultFailure failure) {
    return new Refusal(
        failure.code(), failure.phase().orElse(null), failure.detail(), failure.violations());
  }

  public VaultFailure toFailure() {
    return VaultFailure.of(code, phase, detail, violations);
  }
}
