package io.quorumvault.cli.doctor;

import io.quorumvault.cli.Check;
import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.cli.Terminal;
import io.quorumvault.cli.client.TargetOptions;
import io.quorumvault.cli.dev.DevCell;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Looks for what keeps `qv` from working.
@Command(
    name = "doctor",
    description = {
      "Looks at what usually keeps qv from working (the JDK, settings, the dev cluster's files and"
          + " ports, certificates, clocks, the token, the vault and its nodes) and says what to do"
          + " next. Changes nothing and never shows the token.",
      "",
      "Ends with 0 if nothing failed, warnings or not, else with the exit code of the first check"
          + " that did: the later ones may follow from it."
    })
public final class DoctorCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private final TargetOptions options = new TargetOptions();
  @Mixin private final OutputFormat format = new OutputFormat();

  public DoctorCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    List<Check> checks = checks();
    if (format.isJson()) {
      OutputFormat.print(surroundings, document(checks));
    } else {
      tell(checks);
    }
    return checks.stream()
        .filter(Check::isFailed)
        .findFirst()
        .map(Check::trouble)
        .orElse(ExitCode.OK)
        .number();
  }

  private List<Check> checks() throws IOException {
    List<Check> checks = new ArrayList<>();
    checks.add(LocalChecks.java(Runtime.version(), surroundings));
    checks.add(LocalChecks.settings(surroundings));
    checks.add(
        LocalChecks.authorities(options.authorities(surroundings), surroundings.clock().instant()));
    TargetOptions.@Nullable Place place = null;
    try {
      place = options.place(surroundings);
    } catch (CommandFailure nowhere) {
      checks.add(DevCell.whyNotRunning(surroundings, options.data(), nowhere));
    }
    Optional<DevCell> cell = Optional.empty();
    if (place != null) {
      checks.add(Check.ok("vault", place.toString()));
      cell =
          place.cluster().isPresent()
              ? DevCell.find(surroundings, options.data())
              : Optional.empty();
    } else {
      cell = DevCell.find(surroundings, options.data());
    }
    if (cell.isPresent()) {
      checks.add(cell.get().ports(place != null));
      checks.add(cell.get().certificates(surroundings.clock().instant()));
    }
    if (place != null) {
      checks.addAll(new VaultChecks(surroundings, options, place).all());
      if (cell.isPresent()) {
        checks.addAll(cell.get().nodes());
      }
    }
    return checks;
  }

  private static JsonObject document(List<Check> checks) {
    return JsonObject.builder()
        .with("result", word(worst(checks)))
        .with(
            "checks",
            checks.stream()
                .map(check -> {
                  JsonObject.Builder line =
                      JsonObject.builder()
                          .with("check", check.name())
                          .with("result", word(check.result()))
                          .with("finding", check.finding());
                  check
                      .advice()
                      .ifPresentOrElse(
                          next -> line.with("next", next), () -> line.withNull("next"));
                  return line.build();
                })
                .toList())
        .build();
  }

  private static Check.Result worst(List<Check> checks) {
    if (checks.stream().anyMatch(Check::isFailed)) {
      return Check.Result.FAILED;
    }
    return checks.stream().anyMatch(check -> check.result() == Check.Result.WARNING)
        ? Check.Result.WARNING
        : Check.Result.OK;
  }

  private static String word(Check.Result result) {
    return result.name().toLowerCase(Locale.ROOT);
  }

  private void tell(List<Check> checks) {
    Terminal terminal = surroundings.terminal();
    int names = checks.stream().mapToInt(check -> check.name().length()).max().orElse(0);
    String margin = " ".repeat(names + 2 + "warning".length() + 2);
    for (Check check : checks) {
      terminal.print(
          padded(check.name(), names)
              + "  "
              + padded(word(check.result()), "warning".length())
              + "  "
              + check.finding().replace("\n", "\n" + margin));
      check
          .advice()
          .ifPresent(
              next -> terminal.print(margin + "-> " + next.replace("\n", "\n" + margin + "   ")));
    }
    terminal.print("");
    terminal.print(
        switch (worst(checks)) {
          case OK, SKIPPED -> "Nothing is wrong.";
          case WARNING -> "It works; see the warnings.";
          case FAILED -> "Begin with the first that failed.";
        });
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
