package io.quorumvault.system;

import io.quorumvault.system.Operation.Call;
import io.quorumvault.system.Operation.Outcome;
import java.util.Map;

/// A `.env` file that creates several secrets at once, and was accepted, or whose outcome is not
/// known. One that was refused has no effect and is none; what its refusal said of single names are
/// operations.
///
/// @param client who asked; for messages
/// @param values by name; written nowhere else
/// @param returned `Operation.NEVER` if it is not known what became of it
record Import(int client, Map<String, String> values, long invoked, long returned) {
  Import {
    values = Map.copyOf(values);
    if (invoked > returned || values.isEmpty()) {
      throw new IllegalArgumentException("an import has names, and ends after it began");
    }
  }

  boolean isOpen() {
    return returned == Operation.NEVER;
  }

  /// What it does to one of its names, at a moment between these.
  Operation on(String name, long notBefore, long notAfter) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name + " is not in this import");
    }
    return new Operation(
        client,
        name,
        new Call.Create(value),
        notAfter == Operation.NEVER ? Outcome.Without.UNKNOWN : new Outcome.Applied(1),
        notBefore,
        notAfter);
  }
}
