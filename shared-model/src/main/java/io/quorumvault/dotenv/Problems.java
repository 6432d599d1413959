package io.quorumvault.dotenv;

import io.quorumvault.Limits;
import java.util.ArrayList;
import java.util.List;

/// Collects problems up to the number that is listed, and counts the rest. Belongs to one thread.
final class Problems {
  private final List<DotenvProblem> listed = new ArrayList<>();
  private int omitted;

  Problems() {}

  Problems(DotenvFile file) {
    listed.addAll(file.problems());
    omitted = file.problemsOmitted();
  }

  void add(DotenvProblem problem) {
    if (listed.size() == Limits.ENV_PROBLEMS_MAX) {
      omitted++;
    } else {
      listed.add(problem);
    }
  }

  boolean isEmpty() {
    return listed.isEmpty();
  }

  EnvRefusal refusal() {
    listed.sort(null);
    return new EnvRefusal(listed, omitted);
  }
}
