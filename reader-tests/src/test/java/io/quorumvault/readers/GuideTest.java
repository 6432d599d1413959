package io.quorumvault.readers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.dotenv.Dialect;
import io.quorumvault.dotenv.DotenvProblem;
import io.quorumvault.dotenv.EnvMode;
import io.quorumvault.dotenv.EnvPlan;
import io.quorumvault.dotenv.EnvRefusal;
import io.quorumvault.dotenv.EnvTask;
import io.quorumvault.dotenv.RenderedFile;
import io.quorumvault.dotenv.Rendering;
import io.quorumvault.dotenv.SecretRead;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class GuideTest {
  private static final Path GUIDE =
      Path.of(System.getProperty("quorumvault.root", ".."), "docs", "dotenv.md");

  /// A comment `example: MODE DIALECT NAME=value;…`, and two blocks: a file, and what comes of it.
  private static final Pattern EXAMPLE =
      Pattern.compile(
          "<!-- example: (\\w+) (\\w+) ?(.*) -->\n```env\n([^`]*?)```\n```env\n([^`]*?)```\n");

  private static final int EXAMPLES = 8;

  @Test
  void every_example_of_the_guide_is_true() throws IOException {
    String guide = Files.readString(GUIDE);
    Matcher example = EXAMPLE.matcher(guide);
    int count = 0;
    while (example.find()) {
      count++;
      Map<SecretName, SecretValue> values = new HashMap<>();
      for (String value : example.group(3).split(";", -1)) {
        int equals = value.indexOf('=');
        if (equals > 0) {
          values.put(
              new SecretName(value.substring(0, equals)),
              SecretValue.owning(value.substring(equals + 1).getBytes(StandardCharsets.UTF_8)));
        }
      }
      EnvMode mode = EnvMode.of(example.group(1)).orElseThrow();
      Dialect dialect = Dialect.of(example.group(2)).orElseThrow();
      assertEquals(example.group(5), outcome(example.group(4), mode, dialect, values));
    }
    assertEquals(EXAMPLES, count);
    assertEquals(EXAMPLES, guide.split("<!-- example", -1).length - 1);
  }

  @Test
  void the_guide_names_every_dialect_mode_and_code() throws IOException {
    String guide = Files.readString(GUIDE);
    for (Dialect dialect : Dialect.values()) {
      assertTrue(guide.contains("| `" + dialect.text() + "` |"), dialect.text());
    }
    for (EnvMode mode : EnvMode.values()) {
      assertTrue(guide.contains("| `" + mode.text() + "` |"), mode.text());
    }
    for (DotenvProblem.Code code : DotenvProblem.Code.values()) {
      assertTrue(guide.contains("`" + code.text() + "`"), code.text());
    }
  }

  private static String outcome(
      String file, EnvMode mode, Dialect dialect, Map<SecretName, SecretValue> values) {
    EnvTask task =
        new EnvTask(file, mode == EnvMode.SEAL ? values : Map.of(), mode, dialect, false);
    Rendering rendering =
        switch (EnvPlan.of(task, bytes -> {})) {
          case EnvRefusal refusal -> refusal;
          case EnvPlan plan -> {
            Map<SecretRead, SecretValue> resolved = new HashMap<>();
            for (SecretRead read : plan.reads()) {
              SecretValue value = values.get(read.name());
              if (value != null) {
                resolved.put(read, value);
              }
            }
            try (plan) {
              yield plan.render(resolved);
            }
          }
        };
    return switch (rendering) {
      case RenderedFile rendered -> {
        try (rendered) {
          yield new String(rendered.exposeCopy(), StandardCharsets.UTF_8);
        }
      }
      case EnvRefusal refusal -> {
        DotenvProblem problem = refusal.problems().getFirst();
        yield "refused: "
            + problem.code()
            + " "
            + problem.place()
            + " "
            + problem.variable()
            + "\n";
      }
    };
  }
}
