package io.quorumvault.cli.client;

import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Gives a secret a new value.
@Command(
    name = "update",
    description = {
      "Gives a secret a new value; the old one stays readable as an earlier version.",
      "",
      "The value is standard input byte for byte (so echo adds a line end: use printf, or"
          + " --trim-newline), or a file, or typed at a prompt that does not show it."
    })
public final class UpdateCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      paramLabel = "NAME",
      converter = SecretNameConverter.class,
      description = "The secret's name.")
  private @Nullable SecretName name;

  @Option(
      names = "--if-match",
      paramLabel = "N",
      description = "Only while the secret is at this version.")
  private @Nullable Long ifMatch;

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "Ask what became of an earlier try with this key instead of writing anew.")
  private @Nullable String idempotencyKey;

  @Mixin private final ValueSource source = new ValueSource();
  @Mixin private final TargetOptions options = new TargetOptions();
  @Mixin private final OutputFormat format = new OutputFormat();

  public UpdateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Target target = options.target(surroundings);
    try (VaultClient vault = VaultClient.to(target);
        SecretValue value = source.read(surroundings);
        Call call =
            Call.updateSecret(
                target,
                Objects.requireNonNull(name),
                ValueText.body(null, value),
                ifMatch,
                idempotencyKey);
        Answer answer = vault.send(call)) {
      if (format.isJson()) {
        OutputFormat.print(surroundings, answer.document());
      } else {
        VersionLine updated = VersionLine.of(answer);
        surroundings
            .terminal()
            .print(
                "Updated %s/%s, version %d, valid from %s."
                    .formatted(target.namespace(), name, updated.version(), updated.validFrom()));
      }
      return 0;
    }
  }
}
