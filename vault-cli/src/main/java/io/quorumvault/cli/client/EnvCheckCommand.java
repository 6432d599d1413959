package io.quorumvault.cli.client;

import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Table;
import io.quorumvault.cli.Terminal;
import io.quorumvault.dotenv.EnvMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Says what a `.env` file would do.
@Command(
    name = "check",
    description = {
      "Lists the secrets a .env file would create and read, or everything that is wrong with it,"
          + " and changes nothing. No values."
    })
public final class EnvCheckCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(paramLabel = "FILE", description = "The file to check.")
  private Path file = Path.of("");

  @Option(
      names = "--allow-unsafe",
      description =
          "With --dialect raw: allow values that its reader could take for more than a value.")
  private boolean allowUnsafe;

  @Mixin private final EnvValues values = new EnvValues();
  @Mixin private final DialectOption reader = new DialectOption();
  @Mixin private final TargetOptions options = new TargetOptions();
  @Mixin private final OutputFormat format = new OutputFormat();

  public EnvCheckCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Terminal terminal = surroundings.terminal();
    Target target = options.target(surroundings);
    try (EnvFile checked = EnvFile.read(surroundings, file);
        VaultClient vault = VaultClient.to(target);
        Call call = Call.readEnv(target, body(checked)).about(checked.inQuestion());
        Answer answer = vault.send(call);
        EnvReport report = EnvReport.of(answer)) {
      if (format.isJson()) {
        OutputFormat.print(surroundings, report.document());
        return ExitCode.OK.number();
      }
      report.sayWarnings(terminal, checked.inQuestion());
      List<EnvReport.Named> created = report.created();
      List<EnvReport.Named> read = report.read();
      if (created.isEmpty() && read.isEmpty()) {
        terminal.say(checked.label() + " has no references.");
        return ExitCode.OK.number();
      }
      Table table = Table.of("NAME", "WOULD BE", "VERSION");
      created.forEach(secret -> table.row(secret.name(), "created", "-"));
      read.forEach(secret ->
          table.row(secret.name(), "read", secret.version().map(String::valueOf).orElse("-")));
      table.print(terminal);
      return ExitCode.OK.number();
    }
  }

  private byte[] body(EnvFile checked) {
    List<EnvBody.Extra> extras = new ArrayList<>(List.of(EnvBody.Extra.DRY_RUN));
    if (allowUnsafe) {
      extras.add(EnvBody.Extra.ALLOW_UNSAFE);
    }
    return EnvBody.of(
        checked.bytes(),
        values.read(surroundings),
        EnvMode.DEFAULT,
        reader.dialect(),
        extras.toArray(EnvBody.Extra[]::new));
  }
}
