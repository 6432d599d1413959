package io.quorumvault.cli.client;

import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.PrivateFile;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.secret.SecretName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Destroys a secret with all its versions.
@Command(
    name = "delete",
    description = {
      "Destroys a secret with all its versions. There is no way back.",
      "",
      "With --receipt the nodes sign that they did; qv receipt verify checks that without a vault.",
      "",
      "  qv delete db-password --receipt receipt.json"
    })
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

  @Option(
      names = "--receipt",
      paramLabel = "FILE",
      description = "Write an erasure receipt to this file.")
  private @Nullable Path receipt;

  @Mixin private final TargetOptions options = new TargetOptions();
  @Mixin private final OutputFormat format = new OutputFormat();

  public DeleteCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Target target = options.target(surroundings);
    String key = idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey;
    try (@Nullable PrivateFile file = receipt == null ? null : opened(receipt);
        VaultClient vault = VaultClient.to(target);
        Call call = call(target, key);
        Answer answer = vault.send(call)) {
      if (file != null) {
        keep(answer, file, key);
      }
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
        if (receipt != null) {
          surroundings
              .terminal()
              .print("The receipt is " + receipt + "; qv receipt verify checks it.");
        }
      }
      return 0;
    }
  }

  private Call call(Target target, String key) {
    return Call.deleteSecret(target, Objects.requireNonNull(name), ifMatch, receipt != null, key);
  }

  /// Found out before anything is deleted.
  private PrivateFile opened(Path path) {
    try {
      return PrivateFile.replacing(surroundings.resolve(path));
    } catch (IOException unusable) {
      throw CommandFailure.usage(
          "The receipt cannot be written to " + path + ": " + EnvFile.reason(unusable) + ".",
          "Nothing was deleted. Name another file.");
    }
  }

  private void keep(Answer answer, PrivateFile file, String key) {
    // A vault that is older than receipts answers nothing.
    boolean complete = answer.body().length > 0 && answer.document().isTrue("complete");
    if (!complete) {
      throw CommandFailure.of(
          ExitCode.UNKNOWN,
          "The secret is deleted, but too few nodes signed a receipt.",
          again(key));
    }
    try {
      file.write(answer.body());
    } catch (IOException failed) {
      throw CommandFailure.usage(
          "The secret is deleted, but the receipt could not be written: "
              + EnvFile.reason(failed)
              + ".",
          again(key));
    }
  }

  private static String again(String key) {
    return "For the receipt run the same command once more, adding\n  --idempotency-key "
        + key
        + "\nwithin 24 hours.";
  }
}
