package io.quorumvault.dotenv;

/// A part of a value that is being written.
sealed interface Piece {
  /// What the author wrote, as it stands in his file.
  record Own(String raw) implements Piece {}

  /// A reference that stays, or text that looks like one: plain text to every reader.
  record Mark(String text) implements Piece {}

  /// A value that is inserted, filtered already. UTF-8.
  record Insert(Inserted value) implements Piece {}
}
