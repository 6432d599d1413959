package io.quorumvault;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A failure the caller can act on. Its message never contains a value, a share, a token or what
/// the caller sent.
public final class VaultFailure extends RuntimeException {
  private final FailureCode code;
  private final @Nullable Phase phase;
  private final transient List<Violation> violations;

  private VaultFailure(
      FailureCode code, String detail, @Nullable Phase phase, List<Violation> violations) {
    super(detail);
    this.code = code;
    this.phase = phase;
    this.violations = List.copyOf(violations);
  }

  /// @param detail one sentence for a person: what happened, and what to do next
  public static VaultFailure of(FailureCode code, String detail) {
    return new VaultFailure(code, detail, null, List.of());
  }

  /// A write that failed; `phase` says whether it may have been applied.
  public static VaultFailure inPhase(FailureCode code, Phase phase, String detail) {
    return new VaultFailure(code, detail, phase, List.of());
  }

  public static VaultFailure invalid(List<Violation> violations) {
    return new VaultFailure(
        FailureCode.INVALID_REQUEST,
        "The request breaks the rules listed in errors.",
        null,
        violations);
  }

  public static VaultFailure invalid(String field, String code, String message) {
    return invalid(List.of(new Violation(field, code, message)));
  }

  public static VaultFailure withViolations(
      FailureCode code, String detail, List<Violation> violations) {
    return new VaultFailure(code, detail, null, violations);
  }

  /// A failure with everything that is known of it, as it came from another process.
  public static VaultFailure of(
      FailureCode code, @Nullable Phase phase, String detail, List<Violation> violations) {
    return new VaultFailure(code, detail, phase, violations);
  }

  public FailureCode code() {
    return code;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }

  /// Present exactly when a write was under way.
  public Optional<Phase> phase() {
    return Optional.ofNullable(phase);
  }

  public List<Violation> violations() {
    return violations;
  }
}
