package io.quorumvault.cli.client;

import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Table;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Lists the secrets of a namespace.
@Command(name = "list", description = "Lists the secrets you may see, by name. No values.")
public final class ListCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(names = "--prefix", paramLabel = "PREFIX", description = "Only names that begin so.")
  private @Nullable String prefix;

  @Mixin private final TargetOptions options = new TargetOptions();
  @Mixin private final OutputFormat format = new OutputFormat();

  public ListCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    Target target = options.target(surroundings);
    try (VaultClient vault = VaultClient.to(target)) {
      List<JsonObject> secrets =
          Pages.all(
              vault, (limit, cursor) -> Call.listSecrets(target, prefix, limit, cursor), "secrets");
      if (format.isJson()) {
        OutputFormat.print(surroundings, JsonObject.builder().with("secrets", secrets).build());
      } else {
        Table table = Table.of("NAME", "VERSION", "VALID FROM");
        for (JsonObject secret : secrets) {
          VersionLine line = VersionLine.parse(secret);
          table.row(secret.requiredText("name"), Long.toString(line.version()), line.validFrom());
        }
        table.print(surroundings.terminal());
      }
      return 0;
    } catch (IOException notOurs) {
      throw Answer.strange();
    }
  }
}
