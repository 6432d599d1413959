package io.quorumvault.dotenv;

/// A part of a file that is neither blank nor a comment line, by its offsets in the text.
sealed interface Entry permits Binding, OtherLine {
  /// The first character of its line.
  int start();

  /// Behind its last character, before the line end.
  int end();
}
