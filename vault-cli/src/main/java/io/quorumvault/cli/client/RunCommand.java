package io.quorumvault.cli.client;

import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Terminal;
import io.quorumvault.dotenv.Dialect;
import io.quorumvault.dotenv.EnvMode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Starts a program with the variables of a `.env` file.
@Command(
    name = "run",
    description = {
      "Starts a program with the variables of a .env file, secrets opened, in its environment."
          + " Nothing is written to disk.",
      "",
      "qv becomes the program: its exit code, signals and standard streams are the program's own."
          + " When it cannot be started, qv ends with an exit code of the list below.",
      "",
      "Values are exact, whatever they contain. The file's own text means what most readers agree"
          + " on; a $ outside of single quotes is refused, as qv puts in no variables. The rest of"
          + " the environment is the caller's, unchanged.",
      "",
      "Example: qv run --env .env -- ./server --port 8080"
    })
public final class RunCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(
      names = "--env",
      paramLabel = "FILE",
      required = true,
      description = "The file with the variables.")
  private Path file = Path.of("");

  @Parameters(
      paramLabel = "COMMAND",
      arity = "1..*",
      description = "The program and its arguments; best after --.")
  private List<String> command = List.of();

  @Mixin private final TargetOptions options = new TargetOptions();

  public RunCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /// Returns only by a failure.
  @Override
  public Integer call() {
    Descriptors handedDown = Descriptors.handedDown();
    Map<String, byte[]> variables = variables();
    try {
      surroundings.terminal().output().flush();
      throw Takeover.by(command, variables, handedDown);
    } finally {
      variables.values().forEach(value -> Arrays.fill(value, (byte) 0));
    }
  }

  private Map<String, byte[]> variables() {
    try (EnvFile read = EnvFile.read(surroundings, file)) {
      ProgramVariables variables = ProgramVariables.of(read.parsed());
      if (!variables.problems().isEmpty()) {
        throw read.refusedRules(variables.problems());
      }
      Terminal terminal = surroundings.terminal();
      variables
          .strayLines()
          .forEach(line ->
              terminal.say(
                  read.label()
                      + ":"
                      + line
                      + ": warning: the line is not of the form NAME=value and sets nothing"));
      return variables.hasReferences()
          ? ask(variables, new FileInQuestion(read.label(), variables::origin))
          : variables.resolve(new byte[0]).orElseThrow();
    }
  }

  private Map<String, byte[]> ask(ProgramVariables variables, FileInQuestion file) {
    Target target = options.target(surroundings);
    byte[] body = EnvBody.of(variables.request(), null, EnvMode.OPEN, Dialect.POSIX);
    try (VaultClient vault = VaultClient.to(target);
        Call call = Call.readEnv(target, body).about(file);
        Answer answer = vault.send(call);
        EnvReport report = EnvReport.of(answer)) {
      return variables.resolve(report.content()).orElseThrow(Answer::strange);
    }
  }
}
