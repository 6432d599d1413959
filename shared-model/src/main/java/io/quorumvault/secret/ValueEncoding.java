package io.quorumvault.secret;

/// How a value travels in JSON. The stored bytes are the same either way; a reader gets back what
/// the writer used.
public enum ValueEncoding {
  UTF_8("utf-8"),
  BASE64("base64");

  private final String text;

  ValueEncoding(String text) {
    this.text = text;
  }

  /// The word in the public contract.
  public String text() {
    return text;
  }
}
