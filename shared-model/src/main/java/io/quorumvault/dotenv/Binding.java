package io.quorumvault.dotenv;

import java.util.List;

/// An assignment. Knows where its parts stand; the text is the file's.
///
/// @param variable the name that is assigned
/// @param place where the name stands
/// @param start, end the whole assignment, from the first character of its line to before its line
///   end
/// @param valueStart, valueEnd the value without its quotes
/// @param references in their order
/// @param escapes offsets of backslashes that make a `secret(` or `enc(` plain text
public record Binding(
    String variable,
    Place place,
    int start,
    int end,
    int valueStart,
    int valueEnd,
    Quote quote,
    Frame frame,
    List<Reference> references,
    List<Integer> escapes)
    implements Entry {
  public Binding {
    references = List.copyOf(references);
    escapes = List.copyOf(escapes);
  }

  /// Where the value begins with its quote.
  int quotedStart() {
    return valueStart - quote.width();
  }

  /// Where the value ends with its quote.
  int quotedEnd() {
    return valueEnd + quote.width();
  }
}
