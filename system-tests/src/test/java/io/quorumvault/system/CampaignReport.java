package io.quorumvault.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What a campaign did and what came of it: one row, printed, and added to the table of campaigns
/// if one is named.
final class CampaignReport {
  /// The file of the table, if the row is to be kept.
  private static final String FILE_PROPERTY = "quorumvault.campaigns";

  private final long seed;
  private final long minutes;
  private final Map<Fault, Integer> happened = new EnumMap<>(Fault.class);
  private final Set<Fault> notRun = EnumSet.noneOf(Fault.class);

  CampaignReport(long seed, long minutes) {
    this.seed = seed;
    this.minutes = minutes;
  }

  void happened(Fault fault) {
    int _ = happened.merge(fault, 1, Integer::sum);
  }

  /// What it needs is not there.
  void notRun(Fault fault) {
    notRun.add(fault);
  }

  void passed(Recorder recorder) {
    write(recorder, "no violation");
  }

  void failed(Recorder recorder, Throwable failure) {
    String why = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    write(recorder, "**FAILED**: " + why.replace("|", "\\|"));
  }

  private void write(Recorder recorder, String verdict) {
    String faults =
        happened.entrySet().stream()
            .map(one -> one.getKey().told + " ×" + one.getValue())
            .collect(Collectors.joining(", "));
    String missing =
        notRun.isEmpty()
            ? "–"
            : notRun.stream()
                .map(fault -> "NOT RUN: " + fault.told + " (needs " + fault.needs.told + ")")
                .collect(Collectors.joining(", "));
    long unknown = recorder.operations().stream().filter(Operation::isOpen).count();
    String row =
        "| %s | %d | %d | %s | %s | %d operations (%d of unknown outcome), %d imports, %d sightings | %s |%n"
            .formatted(
                LocalDate.now(ZoneOffset.UTC),
                seed,
                minutes,
                faults,
                missing,
                recorder.operations().size(),
                unknown,
                recorder.imports().size(),
                recorder.sightings().size(),
                verdict);
    System.out.print("Campaign: " + row);
    String file = System.getProperty(FILE_PROPERTY);
    if (file != null) {
      try {
        Path _ = Files.writeString(Path.of(file), row, StandardOpenOption.APPEND);
      } catch (IOException unusable) {
        throw new UncheckedIOException(unusable);
      }
    }
  }
}
