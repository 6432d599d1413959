package io.quorumvault.cli;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Ends a command with a message for a person. Carries no value, key or token.
///
/// The message says what happened; `next` says what to do about it. `findings` are the places in a
/// file that it is about, each a line in the form that editors and scripts know.
public final class CommandFailure extends RuntimeException {
  private final ExitCode exitCode;
  private final @Nullable String next;
  private final transient List<String> findings;

  private CommandFailure(
      ExitCode exitCode, String message, @Nullable String next, List<String> findings) {
    super(message);
    this.exitCode = exitCode;
    this.next = next;
    this.findings = List.copyOf(findings);
  }

  public static CommandFailure of(ExitCode exitCode, String message) {
    return new CommandFailure(exitCode, message, null, List.of());
  }

  /// @param next what the reader can do now, one or more lines
  public static CommandFailure of(ExitCode exitCode, String message, String next) {
    return new CommandFailure(exitCode, message, next, List.of());
  }

  public static CommandFailure usage(String message, String next) {
    return new CommandFailure(ExitCode.USAGE, message, next, List.of());
  }

  /// The same, about these places.
  public CommandFailure about(List<String> places) {
    return new CommandFailure(exitCode, message(), next, places);
  }

  public List<String> findings() {
    return findings;
  }

  public ExitCode exitCode() {
    return exitCode;
  }

  public Optional<String> next() {
    return Optional.ofNullable(next);
  }

  public String message() {
    return String.valueOf(getMessage());
  }
}
