package io.quorumvault.cli;

/// How `qv` ended, as the calling script sees it. The numbers are part of the contract and never
/// change.
public enum ExitCode {
  OK(0, "done"),
  USAGE(1, "the command line, a file or the surroundings are not right; the vault did not fail"),
  SERVER(2, "the vault or the network failed; nothing was applied, trying again may help"),
  NOT_FOUND(3, "there is no such secret, version or namespace"),
  REFUSED(4, "the vault refused: not permitted, exists already, another version, a bad file"),
  UNKNOWN(5, "a write may or may not have been applied");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  public int number() {
    return number;
  }

  /// One line for the help text.
  public String meaning() {
    return meaning;
  }
}
