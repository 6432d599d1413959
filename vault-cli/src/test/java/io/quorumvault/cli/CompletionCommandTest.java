package io.quorumvault.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real bash that completes, as if the tab key were pressed behind a line.
final class CompletionCommandTest {
  private static final long ENDS_WITHIN_SECONDS = 60;

  @TempDir private Path directory = Path.of("");

  @BeforeEach
  void script() throws IOException {
    Shell.Ended ended = Shell.in(directory).run("completion", "bash");
    assertEquals(0, ended.exitCode(), ended::everything);
    Files.write(directory.resolve("qv.bash"), ended.outputBytes());
  }

  /// @param line up to the cursor; its last word is the one to be completed
  private List<String> completed(String line) throws Exception {
    String program =
        """
        source ./qv.bash
        function=$(complete -p qv | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        COMP_LINE=$1
        COMP_POINT=${#COMP_LINE}
        read -r -a COMP_WORDS <<< "$1"
        case $1 in *' ') COMP_WORDS+=('') ;; esac
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        COMPREPLY=()
        "$function" qv "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """;
    Path output = directory.resolve("completed");
    Process bash =
        new ProcessBuilder("bash", "--norc", "--noprofile", "-c", program, "bash", line)
            .directory(directory.toFile())
            .redirectError(directory.resolve("messages").toFile())
            .redirectOutput(output.toFile())
            .start();
    assertTrue(bash.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS));
    return Files.readAllLines(output, StandardCharsets.UTF_8).stream().map(String::strip).toList();
  }

  @Test
  void commands_are_completed() throws Exception {
    assertEquals(List.of("doctor"), completed("qv doc"));
    assertEquals(List.of("history"), completed("qv hi"));
    assertTrue(completed("qv ").containsAll(List.of("put", "get", "import", "doctor", "dev")));
    assertEquals(List.of("seal"), completed("qv env se"));
    assertEquals(List.of("restart-node"), completed("qv dev re"));
  }

  @Test
  void options_and_their_words_are_completed() throws Exception {
    assertEquals(List.of("--namespace"), completed("qv list --na"));
    assertEquals(List.of("--skip-existing", "--skip-empty"), completed("qv import --skip"));
    assertEquals(List.of("json"), completed("qv list --output j"));
    assertEquals(List.of("vault"), completed("qv import --format v"));
    assertEquals(List.of("bash"), completed("qv completion b"));
  }

  @Test
  void zsh_is_told_to_understand_it_and_others_are_refused() {
    Shell.Ended zsh = Shell.in(directory).run("completion", "zsh");
    assertEquals(0, zsh.exitCode());
    assertTrue(zsh.output().startsWith("autoload -U +X compinit"), zsh.output());
    assertTrue(zsh.output().contains("restart-node"));
    assertEquals(ExitCode.USAGE.number(), Shell.in(directory).run("completion", "fish").exitCode());
    assertEquals(ExitCode.USAGE.number(), Shell.in(directory).run("completion").exitCode());
  }
}
