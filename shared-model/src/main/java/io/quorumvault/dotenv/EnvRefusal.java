package io.quorumvault.dotenv;

import io.quorumvault.FailureCode;
import java.util.List;

/// Nothing is to be done, and why. Retrying changes nothing; another file, value or dialect may.
///
/// @param problems at least one, in the order of the file, at most `Limits.ENV_PROBLEMS_MAX`
/// @param omitted problems beyond these
public record EnvRefusal(List<DotenvProblem> problems, int omitted)
    implements EnvPlanning, Rendering {
  public EnvRefusal {
    problems = List.copyOf(problems);
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("a refusal without a problem");
    }
  }

  /// What the request fails with: what is too large first, since nothing smaller helps it; else the
  /// first problem of the file.
  public FailureCode failure() {
    List<FailureCode> failures =
        problems.stream().map(problem -> problem.kind().code().failure()).toList();
    return failures.contains(FailureCode.PAYLOAD_TOO_LARGE)
        ? FailureCode.PAYLOAD_TOO_LARGE
        : failures.getFirst();
  }
}
