package io.quorumvault.wire;

/// Bytes that are not the binary form of the record they were read as. The message names the
/// component and what was expected there, and never repeats what was sent. Reading the same bytes
/// again fails again.
public final class MalformedRecordException extends IllegalArgumentException {
  MalformedRecordException(String where, String expected) {
    super(where + " (expected: " + expected + ")");
  }

  /// @param refusal what the record's own constructor or the JDK threw
  MalformedRecordException(String where, String expected, Exception refusal) {
    super(where + " (expected: " + expected + ")", refusal);
  }
}
