package io.quorumvault.testing;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/// Randomness written down before the test: each request for bytes gets the next line of the
/// script, and must ask for exactly as many as it has. Keeps the arrays it filled, so that a test
/// can see whether they were wiped.
public final class ScriptedRandom extends SecureRandom {
  private final transient List<byte[]> script;
  private final transient List<byte[]> filled = new ArrayList<>();

  public ScriptedRandom(byte[]... script) {
    this.script = List.of(script);
  }

  @Override
  public void nextBytes(byte[] bytes) {
    int line = filled.size();
    if (line == script.size()) {
      throw new AssertionError("asked for randomness " + (line + 1) + " times");
    }
    if (bytes.length != script.get(line).length) {
      throw new AssertionError(
          "asked for " + bytes.length + " random bytes, not " + script.get(line).length);
    }
    System.arraycopy(script.get(line), 0, bytes, 0, bytes.length);
    filled.add(bytes);
  }

  /// The arrays filled so far, in order; those of the caller, not copies.
  public List<byte[]> filled() {
    return filled;
  }

  /// Whether the whole script was used.
  public boolean exhausted() {
    return filled.size() == script.size();
  }
}
