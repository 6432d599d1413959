package io.quorumvault.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// An input of the fuzzer: some choices, one byte each, and the rest.
///
/// A byte chooses by its remainder, and the digits stand for the choices 0 to 9, so that an input
/// can be written by hand.
public final class FuzzInput {
  /// What must come back in no message. It is put into the rest where the input says.
  public static final String CANARY = "Zq9canaryX";

  private final byte[] bytes;
  private int position;

  public FuzzInput(byte[] bytes) {
    this.bytes = bytes;
  }

  /// From 0 (inclusive) to `bound` (exclusive); 0 behind the end of the input.
  public int choice(int bound) {
    if (position == bytes.length) {
      return 0;
    }
    int chosen = bytes[position++] & 0xff;
    return (chosen >= '0' && chosen <= '9' ? chosen - '0' : chosen) % bound;
  }

  public <T> T pick(List<T> among) {
    return among.get(choice(among.size()));
  }

  /// All that no choice took.
  public byte[] rest() {
    return Arrays.copyOfRange(bytes, position, bytes.length);
  }

  /// The rest, with the canary somewhere in it unless the next choice is 0.
  public byte[] restWithCanary() {
    int eighths = choice(10);
    byte[] rest = rest();
    if (eighths == 0) {
      return rest;
    }
    int at = Math.min(rest.length, rest.length * (eighths - 1) / 8);
    ByteArrayOutputStream marked = new ByteArrayOutputStream();
    marked.write(rest, 0, at);
    marked.writeBytes(CANARY.getBytes(StandardCharsets.US_ASCII));
    marked.write(rest, at, rest.length - at);
    return marked.toByteArray();
  }

  /// What a person is told must not repeat what was sent.
  public static void assertEchoesNothing(String told) {
    assertFalse(told.contains(CANARY), told);
  }
}
