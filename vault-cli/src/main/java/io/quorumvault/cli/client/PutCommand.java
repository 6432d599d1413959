package io.quorumvault.cli.client;

import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Creates a secret.
@Command(
    name = "put",
    description = {
      "Creates a secret.",
      "",
      "The value is standard input byte for byte (so echo adds a line end: use printf, or"
          + " --trim-newline), or a file, or typed at a prompt that does not show it."
    })
public final class PutCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      paramLabel = "NAME",
      converter = SecretNameConverter.class,
      description = "The new secret's name.")
  private @Nullable SecretName name;

  @Option(
      names = "--idempotency-key",
      paramLabel = "KEY",
      description = "Ask what became of an earlier try with this key instead of writing anew.")
  private @Nullable String idempotencyKey;

  @Mixin private final ValueSource source = new ValueSource();
  @Mixin private final TargetOptions options = new TargetOptions();
  @Mixin private final OutputFormat format = new OutputFormat();

  public PutCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Target target = options.target(surroundings);
    try (VaultClient vault = VaultClient.to(target);
        SecretValue value = source.read(surroundings);
        Call call = Call.createSecret(target, ValueText.body(name, value), idempotencyKey);
        Answer answer = vault.send(call)) {
      if (format.isJson()) {
        OutputFormat.print(surroundings, answer.document());
      } else {
        VersionLine created = VersionLine.of(answer);
        surroundings
            .terminal()
            .print(
                "Created %s/%s, version %d, valid from %s."
                    .formatted(target.namespace(), name, created.version(), created.validFrom()));
      }
      return 0;
    }
  }
}
