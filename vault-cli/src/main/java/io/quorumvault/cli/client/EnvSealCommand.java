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
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Puts the secrets of a `.env` file into the vault.
@Command(
    name = "seal",
    description = {
      "Creates a secret for every enc(NAME) of a .env file, which then says secret(NAME). All of it"
          + " or nothing.",
      "",
      "The value for NAME is the variable NAME of the same file, which becomes NAME=secret(NAME),"
          + " or stands in the document of --values, or in enc(NAME:value), or is made by"
          + " enc(NAME|generate).",
      "",
      "The file is replaced at once, with mode 0600, and no copy of the old one is kept."
    })
public final class EnvSealCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(paramLabel = "FILE", description = "The file to seal.")
  private Path file = Path.of("");

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "Ask what became of an earlier try with this key instead of sealing anew.")
  private @Nullable String idempotencyKey;

  @Mixin private final EnvValues values = new EnvValues();
  @Mixin private final DialectOption reader = new DialectOption();
  @Mixin private final TargetOptions options = new TargetOptions();
  @Mixin private final OutputFormat format = new OutputFormat();

  public EnvSealCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Terminal terminal = surroundings.terminal();
    Target target = options.target(surroundings);
    String key = idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey;
    try (EnvFile unsealed = EnvFile.read(surroundings, file);
        PrivateFile sealed = unsealed.replacement();
        VaultClient vault = VaultClient.to(target);
        Call call = Call.writeEnv(target, body(unsealed), key).about(unsealed.inQuestion());
        Answer answer = sent(vault, call, unsealed);
        EnvReport report = EnvReport.of(answer)) {
      report.sayWarnings(terminal, unsealed.inQuestion());
      boolean changes = !Arrays.equals(report.content(), unsealed.bytes());
      if (!changes) {
        terminal.say(unsealed.label() + " has nothing to seal and stays as it is.");
      } else {
        tell(report, target);
        write(report, unsealed, sealed, key);
        terminal.say("Sealed " + unsealed.label() + ".");
      }
      if (format.isJson()) {
        OutputFormat.print(
            surroundings,
            JsonObject.builder()
                .with("file", unsealed.label())
                .with("changed", changes)
                .with("created", report.created().stream().map(EnvReport.Named::json).toList())
                .build());
      }
      return ExitCode.OK.number();
    }
  }

  private Answer sent(VaultClient vault, Call call, EnvFile unsealed) {
    try (Progress _ = Progress.waiting(surroundings.terminal(), "Sealing " + unsealed.label())) {
      return vault.send(call);
    }
  }

  private byte[] body(EnvFile unsealed) {
    return EnvBody.of(unsealed.bytes(), values.read(surroundings), EnvMode.SEAL, reader.dialect());
  }

  /// The vault has done its part and does it only once: what it answered must not be lost.
  private void write(EnvReport report, EnvFile unsealed, PrivateFile sealed, String key) {
    try {
      unsealed.checkUnchanged();
      sealed.write(report.content());
    } catch (IOException failed) {
      surroundings.terminal().output().write(report.content(), 0, report.content().length);
      throw CommandFailure.usage(
          "The secrets are in the vault, but "
              + unsealed.label()
              + " could not be written: "
              + EnvFile.reason(failed)
              + ".",
          "The sealed file is on standard output: save it as "
              + unsealed.label()
              + ". Or mend the cause and, with\nthe same file and values and within 24 hours, run"
              + " the same command with\n  --idempotency-key "
              + key
              + "\nwhich gives the same sealed file and creates nothing twice.");
    }
  }

  private void tell(EnvReport report, Target target) {
    for (EnvReport.Named created : report.created()) {
      surroundings
          .terminal()
          .say(
              "Created %s/%s%s."
                  .formatted(
                      target.namespace(),
                      created.name(),
                      created.version().map(version -> ", version " + version).orElse("")));
    }
  }
}
