package io.quorumvault.cli.client;

import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Terminal;
import io.quorumvault.dotenv.Binding;
import io.quorumvault.dotenv.Reference;
import io.quorumvault.dotenv.Selector;
import io.quorumvault.secret.SecretName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Says which secrets of a `.env` file changed between two times.
@Command(
    name = "diff",
    description = {
      "Shows which secrets that a .env file names in secret(NAME) changed between two times, by"
          + " version. No values.",
      "",
      "A reference to one version or time, secret(NAME@3), never changes and is left out. Of a"
          + " secret that was deleted, nothing earlier is known either."
    })
public final class EnvDiffCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(paramLabel = "FILE", description = "The file that names the secrets.")
  private Path file = Path.of("");

  @Option(
      names = "--at",
      paramLabel = "INSTANT",
      required = true,
      converter = MomentConverter.class,
      description =
          "Given twice: the earlier and the later time, e.g. 2026-11-20T18:00:00Z, or now.")
  private List<Instant> moments = List.of();

  @Mixin private final TargetOptions options = new TargetOptions();
  @Mixin private final OutputFormat format = new OutputFormat();

  /// An instant of RFC 3339; `now` is whatever is current, however late the clock here is.
  static final class MomentConverter implements ITypeConverter<Instant> {
    private final GetCommand.InstantConverter instants = new GetCommand.InstantConverter();

    @Override
    public Instant convert(String text) {
      return text.equals("now") ? Instant.MAX : instants.convert(text).toInstant();
    }
  }

  /// What one name gave at the two times.
  private record Change(SecretName name, Standing from, Standing to) {
    private JsonObject document() {
      JsonObject.Builder document = JsonObject.builder().with("name", name.text());
      from.into("from", document);
      to.into("to", document);
      return document.build();
    }
  }

  /// The version of a secret at a time.
  private sealed interface Standing {
    record Version(long number) implements Standing {
      @Override
      public String toString() {
        return Long.toString(number);
      }
    }

    /// There was no such secret.
    record Absent() implements Standing {
      @Override
      public String toString() {
        return "(absent)";
      }
    }

    /// There was one, and which is no longer kept.
    record Retired() implements Standing {
      @Override
      public String toString() {
        return "(retired)";
      }
    }

    private void into(String member, JsonObject.Builder document) {
      switch (this) {
        case Version version -> document.with(member, version.number());
        case Absent absent -> document.withNull(member);
        case Retired retired -> document.with(member, "retired");
      }
    }
  }

  public EnvDiffCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    if (moments.size() != 2) {
      throw CommandFailure.usage(
          "A difference is between two times.", "Give --at twice; one of them can be now.");
    }
    Target target = options.target(surroundings);
    try (EnvFile read = EnvFile.read(surroundings, file);
        VaultClient vault = VaultClient.to(target)) {
      SortedSet<SecretName> names = names(read);
      List<Change> changes = new ArrayList<>();
      for (SecretName name : names) {
        List<JsonObject> versions =
            Pages.find(
                    vault,
                    (limit, cursor) -> Call.listSecretVersions(target, name, limit, cursor),
                    "versions")
                .orElse(List.of());
        Standing from = at(versions, moments.getFirst());
        Standing to = at(versions, moments.getLast());
        if (!from.equals(to)) {
          changes.add(new Change(name, from, to));
        }
      }
      print(read, names.size(), changes);
      return ExitCode.OK.number();
    } catch (IOException | DateTimeParseException notOurs) {
      throw Answer.strange();
    }
  }

  /// The names whose value depends on the time. A name in an `enc()` is not sent anywhere: who
  /// mistakes it for a function of the value wrote a password there.
  private static SortedSet<SecretName> names(EnvFile file) {
    SortedSet<SecretName> names = new TreeSet<>();
    for (Binding binding : file.parsed().bindings()) {
      for (Reference reference : binding.references()) {
        if (reference instanceof Reference.Read read
            && read.selector() instanceof Selector.Latest) {
          names.add(read.name());
        }
      }
    }
    return names;
  }

  /// @param versions newest first
  private static Standing at(List<JsonObject> versions, Instant moment) throws IOException {
    for (JsonObject document : versions) {
      VersionLine version = VersionLine.parse(document);
      if (!Instant.parse(version.validFrom()).isAfter(moment)) {
        return new Standing.Version(version.version());
      }
    }
    boolean begins = versions.isEmpty() || VersionLine.parse(versions.getLast()).version() == 1;
    return begins ? new Standing.Absent() : new Standing.Retired();
  }

  private void print(EnvFile read, int names, List<Change> changes) {
    if (format.isJson()) {
      OutputFormat.print(
          surroundings,
          JsonObject.builder()
              .with("changes", changes.stream().map(Change::document).toList())
              .build());
      return;
    }
    Terminal terminal = surroundings.terminal();
    int width = changes.stream().mapToInt(change -> change.name().text().length()).max().orElse(0);
    for (Change change : changes) {
      String name = change.name().text();
      terminal.print(
          name + " ".repeat(width - name.length()) + "  " + change.from() + " -> " + change.to());
    }
    terminal.say(
        "%d of %s in %s changed."
            .formatted(changes.size(), EnvFile.counted(names, "secret"), read.label()));
  }
}
