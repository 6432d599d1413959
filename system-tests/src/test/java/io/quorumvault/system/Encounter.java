package io.quorumvault.system;

import java.util.List;

/// What a client met when it called an operation of the contract.
///
/// @param code of the problem; empty when the call succeeded
record Encounter(String operation, int status, String code) {
  /// The form in which a client that is another program tells it.
  static Encounter parse(String line) {
    List<String> words = List.of(line.strip().split(" ", -1));
    return new Encounter(
        words.getFirst(), Integer.parseInt(words.get(1)), words.size() > 2 ? words.get(2) : "");
  }

  boolean succeeded() {
    return code.isEmpty();
  }
}
