package io.quorumvault.client;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/// A value for an `enc()`, in a request to process a `.env` file. The one schema of the contract
/// that is not generated: it stands in a map, and what the generator makes of a map shows the
/// values in its `toString`.
///
/// @param text the value itself
public record SealedValue(@JsonValue String text) {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public SealedValue {}

  /// As the generator shows members that are passwords.
  @Override
  public String toString() {
    return "*";
  }
}
