package io.quorumvault.dotenv;

import static org.junit.jupiter.api.Assertions.fail;

import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.testing.Gen;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Tasks in one line each, with everything defaulted but the point of a test.
final class Env {
  private Env() {}

  static EnvTask task(String content, EnvMode mode, Dialect dialect, Map<String, String> values) {
    return new EnvTask(content, secrets(values), mode, dialect, false);
  }

  static Map<SecretName, SecretValue> secrets(Map<String, String> values) {
    Map<SecretName, SecretValue> secrets = new HashMap<>();
    values.forEach((name, value) -> secrets.put(new SecretName(name), value(value)));
    return secrets;
  }

  static SecretValue value(String text) {
    return SecretValue.owning(text.getBytes(StandardCharsets.UTF_8));
  }

  static String text(SecretValue value) {
    return new String(value.exposeCopy(), StandardCharsets.UTF_8);
  }

  static EnvPlanning plan(EnvTask task) {
    return EnvPlan.of(task, new Gen(1).secureRandom()::nextBytes);
  }

  static EnvPlan planned(EnvTask task) {
    return switch (plan(task)) {
      case EnvPlan plan -> plan;
      case EnvRefusal refusal -> fail("refused: " + refusal.problems());
    };
  }

  /// The problems of planning, or else of rendering with these secrets.
  static List<DotenvProblem> problems(EnvTask task, Map<String, String> secrets) {
    return switch (plan(task)) {
      case EnvRefusal refusal -> refusal.problems();
      case EnvPlan plan ->
          switch (render(plan, secrets)) {
            case EnvRefusal refusal -> refusal.problems();
            case RenderedFile file -> fail("not refused");
          };
    };
  }

  static Rendering render(EnvPlan plan, Map<String, String> secrets) {
    Map<SecretRead, SecretValue> resolved = new HashMap<>();
    if (plan.needsValues()) {
      for (SecretRead read : plan.reads()) {
        String secret = secrets.get(read.name().text());
        resolved.put(read, value(secret == null ? fail("reads " + read) : secret));
      }
    }
    return plan.render(resolved);
  }

  static String text(Rendering rendering) {
    return switch (rendering) {
      case RenderedFile file -> new String(file.exposeCopy(), StandardCharsets.UTF_8);
      case EnvRefusal refusal -> fail("refused: " + refusal.problems());
    };
  }

  static String seal(String content, Map<String, String> values) {
    return seal(content, Dialect.PORTABLE, values);
  }

  static String seal(String content, Dialect dialect, Map<String, String> values) {
    try (EnvPlan plan = planned(task(content, EnvMode.SEAL, dialect, values))) {
      return text(render(plan, Map.of()));
    }
  }

  /// What sealing would put into the vault.
  static Map<String, String> creations(
      String content, Dialect dialect, Map<String, String> values) {
    try (EnvPlan plan = planned(task(content, EnvMode.SEAL, dialect, values))) {
      Map<String, String> creations = new TreeMap<>();
      plan.creations().forEach((name, value) -> creations.put(name.text(), text(value)));
      return creations;
    }
  }

  static String open(String content, Dialect dialect, Map<String, String> secrets) {
    try (EnvPlan plan = planned(task(content, EnvMode.OPEN, dialect, Map.of()))) {
      return text(render(plan, secrets));
    }
  }

  static List<DotenvProblem> openProblems(
      String content, Dialect dialect, Map<String, String> secrets) {
    return problems(task(content, EnvMode.OPEN, dialect, Map.of()), secrets);
  }

  static List<DotenvProblem> sealProblems(String content, Map<String, String> values) {
    return problems(task(content, EnvMode.SEAL, Dialect.PORTABLE, values), Map.of());
  }
}
