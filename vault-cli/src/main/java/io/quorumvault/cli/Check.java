package io.quorumvault.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What came of looking at one thing.
///
/// @param name of what was looked at, the same in every run
/// @param finding for a person
/// @param next what to do about it
/// @param trouble how a command ends that meets this; only of what failed
public record Check(
    String name, Result result, String finding, @Nullable String next, ExitCode trouble) {
  /// How bad it is.
  public enum Result {
    OK,
    /// It works, and may not for long or not as meant.
    WARNING,
    FAILED,
    /// It could not be looked at, or there is nothing of the kind.
    SKIPPED
  }

  public static Check ok(String name, String finding) {
    return new Check(name, Result.OK, finding, null, ExitCode.OK);
  }

  public static Check warning(String name, String finding, String next) {
    return new Check(name, Result.WARNING, finding, next, ExitCode.OK);
  }

  public static Check failed(String name, ExitCode trouble, String finding, String next) {
    return new Check(name, Result.FAILED, finding, next, trouble);
  }

  public static Check failed(String name, CommandFailure failure) {
    return new Check(
        name, Result.FAILED, failure.message(), failure.next().orElse(null), failure.exitCode());
  }

  public static Check skipped(String name, String why) {
    return new Check(name, Result.SKIPPED, why, null, ExitCode.OK);
  }

  public Optional<String> advice() {
    return Optional.ofNullable(next);
  }

  public boolean isFailed() {
    return result == Result.FAILED;
  }
}
