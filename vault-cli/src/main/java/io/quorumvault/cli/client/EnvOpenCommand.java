package io.quorumvault.cli.client;

import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.PrivateFile;
import io.quorumvault.cli.Progress;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Terminal;
import io.quorumvault.dotenv.EnvMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Puts the secrets of the vault into a `.env` file.
@Command(
    name = "open",
    description = {
      "Writes a .env file with the values of its secrets, each quoted so that its reader gets"
          + " exactly that value. What the reader could not be given is refused.",
      "",
      "The result holds secrets: with --out it is a file of mode 0600. To start a program with them"
          + " and leave nothing on disk, use qv run."
    })
public final class EnvOpenCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(paramLabel = "FILE", description = "The file to open; it stays as it is.")
  private Path file = Path.of("");

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Where where = new Where();

  @Option(
      names = "--allow-unsafe",
      description =
          "With --dialect raw: insert values that its reader could take for more than a value.")
  private boolean allowUnsafe;

  @Mixin private final DialectOption reader = new DialectOption();
  @Mixin private final TargetOptions options = new TargetOptions();
  @Mixin private final OutputFormat format = new OutputFormat();

  /// Where the opened file goes. One must be said: secrets are not shown by accident.
  static final class Where {
    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "Write it here, replacing what is there.")
    private @Nullable Path out;

    @Option(
        names = "--stdout",
        description = "Write it to standard output, even when that is a terminal.")
    private boolean standardOutput;

    private Optional<Path> file() {
      return standardOutput ? Optional.empty() : Optional.ofNullable(out);
    }
  }

  public EnvOpenCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    if (format.isJson() && where.file().isEmpty()) {
      throw CommandFailure.usage(
          "With --stdout the result is the file itself, not JSON.",
          "Leave --output out, or write the file with --out.");
    }
    Target target = options.target(surroundings);
    try (EnvFile sealed = EnvFile.read(surroundings, file)) {
      Optional<Path> out = where.file();
      if (out.isEmpty()) {
        open(target, sealed, this::print);
      } else {
        String label = out.get().toString();
        Path path = surroundings.resolve(out.get());
        checkOther(path, sealed);
        try (PrivateFile opened = EnvFile.replacing(path, label)) {
          open(target, sealed, report -> write(report, opened, label));
        }
      }
      return ExitCode.OK.number();
    }
  }

  /// What is done with the opened file.
  private interface Receiver {
    void take(EnvReport report);
  }

  private void open(Target target, EnvFile sealed, Receiver receiver) {
    byte[] body =
        allowUnsafe
            ? EnvBody.of(
                sealed.bytes(), null, EnvMode.OPEN, reader.dialect(), EnvBody.Extra.ALLOW_UNSAFE)
            : EnvBody.of(sealed.bytes(), null, EnvMode.OPEN, reader.dialect());
    try (VaultClient vault = VaultClient.to(target);
        Call call = Call.readEnv(target, body).about(sealed.inQuestion());
        Answer answer = sent(vault, call, sealed);
        EnvReport report = EnvReport.of(answer)) {
      report.sayWarnings(surroundings.terminal(), sealed.inQuestion());
      receiver.take(report);
    }
  }

  private Answer sent(VaultClient vault, Call call, EnvFile sealed) {
    try (Progress _ = Progress.waiting(surroundings.terminal(), "Opening " + sealed.label())) {
      return vault.send(call);
    }
  }

  private static void checkOther(Path out, EnvFile sealed) {
    try {
      if (Files.exists(out) && Files.isSameFile(out, sealed.path())) {
        throw CommandFailure.usage(
            "--out is the sealed file itself, whose references would be lost.",
            "Name another file; nothing was sent.");
      }
    } catch (IOException unreadable) {
      throw CommandFailure.usage(
          "The file of --out cannot be looked at: " + EnvFile.reason(unreadable) + ".",
          "Nothing was sent.");
    }
  }

  private void print(EnvReport report) {
    Terminal terminal = surroundings.terminal();
    byte[] content = report.content();
    if (terminal.outputIsTerminal() && ValueText.steersTerminal(content)) {
      throw CommandFailure.usage(
          "The opened file has control characters and would upset the terminal.",
          "Write it to a file with --out, or send it to another program.");
    }
    terminal.output().write(content, 0, content.length);
  }

  private void write(EnvReport report, PrivateFile opened, String label) {
    try {
      opened.write(report.content());
    } catch (IOException failed) {
      throw CommandFailure.usage(
          "The file " + label + " could not be written: " + EnvFile.reason(failed) + ".",
          "Nothing of it is left on disk.");
    }
    surroundings
        .terminal()
        .say(
            "Wrote %s (mode 0600) with %s."
                .formatted(label, EnvFile.counted(report.read().size(), "secret")));
    if (format.isJson()) {
      OutputFormat.print(
          surroundings,
          JsonObject.builder()
              .with("file", label)
              .with("read", report.read().stream().map(EnvReport.Named::json).toList())
              .build());
    }
  }
}
