package io.quorumvault.api;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.Violation;
import io.quorumvault.dotenv.DotenvProblem;
import io.quorumvault.dotenv.EnvMode;
import io.quorumvault.dotenv.EnvPlan;
import io.quorumvault.dotenv.EnvRefusal;
import io.quorumvault.dotenv.Reference;
import io.quorumvault.dotenv.SecretRead;
import io.quorumvault.policy.Capability;
import io.quorumvault.secret.SecretName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Why nothing was done with a file: what is wrong where, all of it, in the order of the file.
///
/// A `secret()` is told by the name it means. What stands in an `enc()` is told only once it has
/// turned out to be the name of a secret: who mistakes `enc()` for a function of the value wrote a
/// password there.
public final class EnvRefused {
  private EnvRefused() {}

  /// What the vault says about a file with which nothing can be done.
  public static VaultFailure failure(EnvRefusal refusal) {
    String more = refusal.omitted() == 0 ? "" : ", and there are " + refusal.omitted() + " more";
    return VaultFailure.withViolations(
        refusal.failure(),
        "Nothing was done. What is wrong with the file is listed in errors" + more + ".",
        refusal.problems().stream().map(DotenvProblem::violation).toList());
  }

  /// What a caller must be allowed to do with the secret of a reference. When sealing, a `secret()`
  /// must only exist, which whoever may handle files with the name may know.
  public static Set<Capability> needed(EnvMode mode, Reference reference) {
    return switch (reference) {
      case Reference.Seal _ -> Set.of(Capability.ENV, Capability.CREATE);
      case Reference.Read _ ->
          mode == EnvMode.SEAL ? Set.of(Capability.ENV) : Set.of(Capability.ENV, Capability.READ);
    };
  }

  /// That the policy does not allow a reference.
  public static Violation denied(EnvPlan.Occurrence occurrence, Capability capability) {
    return violation(
        occurrence,
        FailureCode.FORBIDDEN,
        "The policy does not allow you to " + capability.text() + " here.",
        occurrence.reference() instanceof Reference.Read);
  }

  /// @param missing what a read quorum agrees is not there
  /// @param existing names of `enc()` that are there already
  public static VaultFailure atOdds(
      EnvPlan plan, Map<SecretRead, FailureCode> missing, Set<SecretName> existing) {
    List<Violation> violations = new ArrayList<>();
    for (EnvPlan.Occurrence occurrence : plan.occurrences()) {
      switch (occurrence.reference()) {
        case Reference.Read read -> {
          FailureCode code = missing.get(read.read());
          if (code != null) {
            violations.add(
                violation(
                    occurrence,
                    FailureCode.UNRESOLVED_REFERENCE,
                    code == FailureCode.SECRET_NOT_FOUND
                        ? "There is no secret with this name."
                        : "The secret has no such version, or none that was valid then.",
                    true));
          }
        }
        case Reference.Seal seal -> {
          if (existing.contains(seal.name())) {
            violations.add(
                violation(
                    occurrence,
                    FailureCode.SECRET_ALREADY_EXISTS,
                    "A secret with this name exists; enc() creates one.",
                    true));
          }
        }
      }
    }
    return existing.isEmpty()
        ? VaultFailure.withViolations(
            FailureCode.UNRESOLVED_REFERENCE,
            "Nothing was done. Secrets or versions that the file names do not exist.",
            violations)
        : VaultFailure.withViolations(
            FailureCode.SECRET_ALREADY_EXISTS,
            "Nothing was done. Secrets that the file creates exist already; use secret() for them.",
            violations);
  }

  private static Violation violation(
      EnvPlan.Occurrence occurrence, FailureCode code, String message, boolean named) {
    return new Violation(
        occurrence.variable(),
        code.text(),
        message,
        occurrence.place().line(),
        occurrence.place().column(),
        named ? occurrence.reference().name().text() : null);
  }
}
