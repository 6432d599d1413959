package io.quorumvault.cli.client;

import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Table;
import io.quorumvault.secret.SecretName;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Lists the versions of a secret.
@Command(
    name = "history",
    description = "Lists a secret's versions, newest first, and when each was valid. No values.")
public final class HistoryCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(
      paramLabel = "NAME",
      converter = SecretNameConverter.class,
      description = "The secret's name.")
  private @Nullable SecretName name;

  @Mixin private final TargetOptions options = new TargetOptions();
  @Mixin private final OutputFormat format = new OutputFormat();

  public HistoryCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Target target = options.target(surroundings);
    SecretName secret = Objects.requireNonNull(name);
    try (VaultClient vault = VaultClient.to(target)) {
      List<JsonObject> versions =
          Pages.all(
              vault,
              (limit, cursor) -> Call.listSecretVersions(target, secret, limit, cursor),
              "versions");
      if (format.isJson()) {
        OutputFormat.print(
            surroundings,
            JsonObject.builder()
                .with("name", String.valueOf(name))
                .with("versions", versions)
                .build());
      } else {
        Table table = Table.of("VERSION", "VALID FROM", "VALID TO", "CURRENT");
        for (JsonObject version : versions) {
          VersionLine line = VersionLine.parse(version);
          table.row(
              Long.toString(line.version()),
              line.validFrom(),
              line.validTo(),
              line.current() ? "yes" : "");
        }
        table.print(surroundings.terminal());
      }
      return 0;
    } catch (IOException notOurs) {
      throw Answer.strange();
    }
  }
}
