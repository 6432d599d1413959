package io.quorumvault.dotenv;

/// What is done to a value before it is inserted.
public enum Filter {
  /// Every byte but letters, digits, `-`, `.`, `_` and `~` as `%` and two hexadecimal digits: safe
  /// in any part of a URL (RFC 3986, section 2).
  URLENCODE("urlencode"),
  /// Base64 with padding (RFC 4648, section 4). The only form for a value that is not UTF-8.
  BASE64("base64"),
  /// A JSON string with its quotes (RFC 8259, section 7).
  JSON("json");

  private final String text;

  Filter(String text) {
    this.text = text;
  }

  /// The word in a reference.
  public String text() {
    return text;
  }
}
