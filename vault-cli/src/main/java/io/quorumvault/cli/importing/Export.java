package io.quorumvault.cli.importing;

import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import java.util.List;

/// The secrets of a file, in its order, or what is wrong with it. Holds values and is wiped when
/// closed.
///
/// @param secrets each name once; to be used only if there are no problems
/// @param problems in the order in which they were found
public record Export(List<Found> secrets, List<Problem> problems) implements AutoCloseable {
  /// One secret.
  ///
  /// @param source how the file calls it
  public record Found(String source, SecretName name, SecretValue value) {
    /// Without the value.
    @Override
    public String toString() {
      return source + " as " + name;
    }
  }

  /// Something in the file that cannot become a secret. Never carries a value.
  ///
  /// @param source how the file calls it; empty for the file as a whole
  public record Problem(String source, String message) {}

  public Export {
    secrets = List.copyOf(secrets);
    problems = List.copyOf(problems);
  }

  /// A file that could not be read at all.
  static Export unreadable(String message) {
    return new Export(List.of(), List.of(new Problem("", message)));
  }

  @Override
  public void close() {
    secrets.forEach(found -> found.value().close());
  }

  /// Without the values.
  @Override
  public String toString() {
    return secrets.size() + " secrets, " + problems.size() + " problems";
  }
}
