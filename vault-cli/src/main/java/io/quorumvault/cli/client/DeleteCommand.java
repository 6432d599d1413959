package io.quorumvault.cli.client;

import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.secret.SecretName;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Destroys a secret with all its versions.
@Command(
    name = "delete",
    description = "Destroys a secret with all its versions. There is no way back.")
public final class DeleteCommand implements Callable<Integer> {
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
      description = "Ask what became of an earlier try with this key instead of deleting anew.")
  private @Nullable String idempotencyKey;

  @Mixin private final TargetOptions options = new TargetOptions();
  @Mixin private final OutputFormat format = new OutputFormat();

  public DeleteCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Target target = options.target(surroundings);
    try (VaultClient vault = VaultClient.to(target);
        Call call =
            Call.write("DELETE", target.secrets() + "/" + name, null, idempotencyKey)
                .ifMatch(ifMatch)) {
      vault.send(call).close();
      if (format.isJson()) {
        OutputFormat.print(
            surroundings,
            JsonObject.builder()
                .with("namespace", target.namespace().text())
                .with("name", String.valueOf(name))
                .with("deleted", true)
                .build());
      } else {
        surroundings
            .terminal()
            .print("Deleted %s/%s, all versions.".formatted(target.namespace(), name));
      }
      return 0;
    }
  }
}
