package io.quorumvault.dotenv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.quorumvault.Limits;
import io.quorumvault.fuzz.FuzzInput;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Any bytes as a `.env` file: `DotenvFuzzTest` makes files from a grammar, here coverage leads.
class EnvFileFuzzTest {
  private static final List<String> VALUES =
      List.of("v", "it's", "two\nlines", "$HOME `x` \\", "secret(A)", "é\u2028 #");

  @FuzzTest
  void a_file_is_refused_with_reasons_or_comes_out_as_it_should(byte[] bytes) {
    FuzzInput input = new FuzzInput(bytes);
    EnvMode mode = input.pick(List.of(EnvMode.values()));
    Dialect dialect = input.pick(List.of(Dialect.values()));
    boolean allowUnsafe = input.choice(2) == 1;
    String value = input.pick(VALUES);
    boolean valueBeside = input.choice(2) == 1;
    byte[] file = input.restWithCanary();
    String content;
    switch (DotenvText.decode(file)) {
      case DotenvText.Undecodable(DotenvProblem problem) -> {
        checkProblems(List.of(problem));
        return;
      }
      case DotenvText.Decoded(String decoded) -> content = decoded;
    }
    assertEquals(new String(file, StandardCharsets.UTF_8), content);
    try (SecretValue secret = value(value)) {
      EnvTask task =
          new EnvTask(
              content,
              valueBeside ? Map.of(new SecretName("A"), secret) : Map.of(),
              mode,
              dialect,
              allowUnsafe);
      rendered(task, secret);
    }
  }

  private static void rendered(EnvTask task, SecretValue secret) {
    switch (EnvPlan.of(task, bytes -> Arrays.fill(bytes, (byte) 7))) {
      case EnvRefusal refusal -> checkProblems(refusal.problems());
      case EnvPlan plan -> {
        try (plan) {
          assertTrue(plan.occurrences().size() <= Limits.ENV_REFERENCES_MAX);
          Map<SecretRead, SecretValue> resolved = new HashMap<>();
          plan.reads().forEach(read -> resolved.put(read, secret));
          switch (plan.render(resolved)) {
            case EnvRefusal refusal -> checkProblems(refusal.problems());
            case RenderedFile written -> {
              try (written) {
                assertTrue(written.length() <= Limits.ENV_OUTPUT_BYTES_MAX);
                checkWritten(task, text(written), secret);
              }
            }
          }
        }
      }
    }
  }

  /// A file without references comes out as it is. A sealed file has nothing left to seal, and
  /// comes out as it is when it is sealed again.
  private static void checkWritten(EnvTask task, String out, SecretValue secret) {
    DotenvFile read = DotenvParser.parse(task.content());
    assertEquals(List.of(), read.problems());
    boolean plain =
        read.bindings().stream()
            .allMatch(binding -> binding.references().isEmpty() && binding.escapes().isEmpty());
    if (plain) {
      assertEquals(task.content(), out);
    }
    if (task.mode() == EnvMode.SEAL) {
      EnvTask again = new EnvTask(out, Map.of(), EnvMode.SEAL, task.dialect(), task.allowUnsafe());
      if (EnvPlan.of(again, bytes -> Arrays.fill(bytes, (byte) 7)) instanceof EnvPlan sealed) {
        try (sealed) {
          assertTrue(sealed.creations().isEmpty());
          Map<SecretRead, SecretValue> resolved = new HashMap<>();
          sealed.reads().forEach(want -> resolved.put(want, secret));
          if (sealed.render(resolved) instanceof RenderedFile same) {
            try (same) {
              assertEquals(out, text(same));
              return;
            }
          }
        }
      }
      throw new AssertionError("a sealed file is not taken again");
    }
  }

  /// The names of variables and of the secrets in `secret()` are told; values and texts are not.
  private static void checkProblems(List<DotenvProblem> problems) {
    assertTrue(!problems.isEmpty() && problems.size() <= Limits.ENV_PROBLEMS_MAX);
    for (DotenvProblem problem : problems) {
      String message = problem.message();
      SecretName secret = problem.secret();
      FuzzInput.assertEchoesNothing(
          secret == null ? message : message.replace(secret.text(), "its name"));
    }
  }

  private static String text(RenderedFile written) {
    byte[] bytes = written.exposeCopy();
    assertEquals(written.length(), bytes.length);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static SecretValue value(String text) {
    return SecretValue.owning(text.getBytes(StandardCharsets.UTF_8));
  }
}
