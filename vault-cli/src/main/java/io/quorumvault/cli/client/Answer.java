package io.quorumvault.cli.client;

import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import java.io.IOException;
import java.util.Arrays;

/// The body of a success. It may hold a value and is wiped when closed.
final class Answer implements AutoCloseable {
  private final byte[] body;

  /// @param body taken over
  Answer(byte[] body) {
    this.body = body;
  }

  /// The bytes themselves, which stay the answer's.
  byte[] body() {
    return body;
  }

  /// The document, which must hold no value.
  JsonObject document() {
    try {
      return JsonObject.parse(body);
    } catch (IOException notOurs) {
      throw strange();
    }
  }

  static CommandFailure strange() {
    return CommandFailure.of(
        ExitCode.SERVER,
        "The answer is not what this operation of the vault answers.",
        "Is this the vault's address, and is qv as new as the vault?");
  }

  @Override
  public void close() {
    Arrays.fill(body, (byte) 0);
  }

  @Override
  public String toString() {
    return "Answer[" + body.length + " bytes]";
  }
}
