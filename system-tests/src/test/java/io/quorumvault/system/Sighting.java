package io.quorumvault.system;

import java.util.Optional;

/// What one answer other than a read of the newest version told of one secret: an old version, a
/// history, a listing.
///
/// @param client who asked; for messages
/// @param asked for messages
/// @param version that was seen; 0 if the secret was not there
/// @param newest whether it was the newest one
/// @param value of that version, if it was told
/// @param invoked not later than the moment at which the request left, on the clock of operations
/// @param returned not earlier than the moment at which the answer was there
record Sighting(
    int client,
    String name,
    String asked,
    long version,
    boolean newest,
    Optional<String> value,
    long invoked,
    long returned) {

  boolean isThere() {
    return version > 0;
  }

  String describe(long origin) {
    return "%12s .. %12s ms  client %2d  %s: %s -> %s"
        .formatted(
            Operation.millis(invoked - origin),
            Operation.millis(returned - origin),
            client,
            name,
            asked,
            isThere()
                ? "version " + version + value.map(told -> " = " + told).orElse("")
                : "not there");
  }
}
