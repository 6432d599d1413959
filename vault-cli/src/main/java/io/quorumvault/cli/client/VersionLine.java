package io.quorumvault.cli.client;

import io.quorumvault.cli.JsonObject;
import java.io.IOException;

/// The metadata of one version, as the vault answers it.
///
/// @param validFrom as the vault wrote it
/// @param validTo as the vault wrote it, or `-` while the version is the current one
record VersionLine(long version, String validFrom, String validTo, boolean current) {
  static VersionLine parse(JsonObject document) throws IOException {
    return new VersionLine(
        document
            .number("version")
            .orElseThrow(() -> new IOException("version (expected: a whole number)")),
        document.requiredText("validFrom"),
        document.text("validTo").orElse("-"),
        document.isTrue("current"));
  }

  /// The metadata an answer to a write consists of.
  static VersionLine of(Answer answer) {
    try {
      return parse(answer.document());
    } catch (IOException notOurs) {
      throw Answer.strange();
    }
  }
}
