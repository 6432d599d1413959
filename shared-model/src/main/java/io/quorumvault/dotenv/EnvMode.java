package io.quorumvault.dotenv;

import java.util.Optional;

/// What is done with a file.
public enum EnvMode {
  /// Both: `enc()` creates secrets and becomes `secret()`, `secret()` becomes the value.
  DEFAULT("default"),
  /// `enc()` only. A `secret()` must name a secret that exists, and stays as it is.
  SEAL("seal"),
  /// `secret()` only. A file with an `enc()` is refused.
  OPEN("open");

  private final String text;

  EnvMode(String text) {
    this.text = text;
  }

  /// The word in the public contract.
  public String text() {
    return text;
  }

  public static Optional<EnvMode> of(String text) {
    for (EnvMode mode : values()) {
      if (mode.text.equals(text)) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return text;
  }
}
