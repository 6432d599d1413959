package io.quorumvault.dotenv;

/// What stands around the value of an assignment and matters to some reader.
///
/// @param exported after `export`
/// @param blankBeforeEquals, blankAfterEquals blanks around the `=`
/// @param blankAfterValue blanks behind the value
/// @param comment behind the value
/// @param crlf the line ends with CRLF
/// @param afterByteOrderMark the line is the first of a file that begins with one
public record Frame(
    boolean exported,
    boolean blankBeforeEquals,
    boolean blankAfterEquals,
    boolean blankAfterValue,
    Comment comment,
    boolean crlf,
    boolean afterByteOrderMark) {

  public enum Comment {
    NONE,
    /// After a blank.
    APART,
    /// Directly behind a closing quote.
    ADJOINING
  }
}
