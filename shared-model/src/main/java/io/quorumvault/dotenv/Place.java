package io.quorumvault.dotenv;

/// A place in a file, for a person with an editor.
///
/// @param line from 1; a line ends with LF or CRLF
/// @param column from 1, in code points
public record Place(int line, int column) implements Comparable<Place> {
  /// Where the file as a whole stands.
  public static final Place START = new Place(1, 1);

  public Place {
    if (line < 1 || column < 1) {
      throw new IllegalArgumentException("place " + line + ":" + column + " (expected: from 1:1)");
    }
  }

  @Override
  public int compareTo(Place other) {
    return line != other.line ? Integer.compare(line, other.line) : column - other.column;
  }

  @Override
  public String toString() {
    return line + ":" + column;
  }
}
