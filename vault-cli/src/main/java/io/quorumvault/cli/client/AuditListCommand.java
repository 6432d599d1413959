package io.quorumvault.cli.client;

import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Table;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Lists the audit log of a namespace.
@Command(
    name = "list",
    description = {
      "Lists who asked what of a namespace and what came of it, newest first. No values.",
      "",
      "Needs the capability audit. What is listed is what the nodes say; qv audit verify looks at"
          + " their logs themselves."
    })
public final class AuditListCommand implements Callable<Integer> {
  /// A log may have millions of entries: more are for a program that asks page by page.
  private static final int LIMIT_MAX = 100_000;

  private final Surroundings surroundings;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many entries (default: ${DEFAULT-VALUE}).")
  private int limit = 100;

  @Mixin private final TargetOptions options = new TargetOptions();
  @Mixin private final OutputFormat format = new OutputFormat();

  public AuditListCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw CommandFailure.usage(
          "--limit (expected: 1 to " + LIMIT_MAX + ")", "See qv audit list --help.");
    }
    Target target = options.target(surroundings);
    try (VaultClient vault = VaultClient.to(target)) {
      List<JsonObject> entries =
          Pages.first(
              limit,
              vault,
              (most, cursor) -> Call.listAuditEntries(target, most, cursor),
              "entries");
      if (format.isJson()) {
        OutputFormat.print(surroundings, JsonObject.builder().with("entries", entries).build());
      } else {
        print(entries);
      }
      return 0;
    } catch (IOException notOurs) {
      throw Answer.strange();
    }
  }

  private void print(List<JsonObject> entries) throws IOException {
    Table table =
        Table.of("TIME", "SUBJECT", "ACTION", "NAME", "VERSION", "DECISION", "OUTCOME", "REQUEST");
    for (JsonObject entry : entries) {
      table.row(
          entry.requiredText("ts"),
          entry.requiredText("subject"),
          entry.requiredText("action"),
          entry.text("name").orElse(""),
          entry.number("version").map(String::valueOf).orElse(""),
          entry.requiredText("decision"),
          entry.requiredText("outcome"),
          entry.requiredText("requestId"));
    }
    table.print(surroundings.terminal());
  }
}
