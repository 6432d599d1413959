package io.quorumvault.audit;

/// What is wrong with an audit log, at one record.
///
/// @param seq the number of the record that is wrong, or that should be there
/// @param line where it stands, from 1, all lines of the log counted; the last one for what is
///   missing after it
public record Flaw(Kind kind, long seq, long line) {
  /// In which way.
  public enum Kind {
    UNREADABLE("is not the line of a record"),
    ALTERED("is not what was written: its hash is another"),
    FOREIGN("belongs to the log of another node"),
    DUPLICATE("is there already, or stands in the wrong place"),
    GAP("is missing"),
    UNLINKED("does not follow the record before it: one of the two is not what was written"),
    ROOTLESS("is missing at the beginning of the log, and no record says that it was dropped"),
    CUT_OFF("is missing at the end of the log: an anchor says that there was more"),
    CONTRADICTED("is not the record that an anchor remembers");

    private final String told;

    Kind(String told) {
      this.told = told;
    }
  }

  /// One clause for a person: which record, and what is wrong. Nothing that stands in the log.
  public String told() {
    return "record " + seq + " " + kind.told;
  }

  @Override
  public String toString() {
    return "line " + line + ": " + told();
  }
}
