package io.quorumvault.dotenv;

/// How the author of a file quoted a value.
public enum Quote {
  BARE('\0'),
  SINGLE('\''),
  DOUBLE('"'),
  BACKTICK('`');

  private final char mark;

  Quote(char mark) {
    this.mark = mark;
  }

  /// The quote that opens with this character, `BARE` if none does.
  static Quote openedBy(char c) {
    return switch (c) {
      case '\'' -> SINGLE;
      case '"' -> DOUBLE;
      case '`' -> BACKTICK;
      default -> BARE;
    };
  }

  /// The quote's character; NUL for `BARE`, which has none.
  char mark() {
    return mark;
  }

  /// How many characters stand before the value, and as many after it.
  int width() {
    return this == BARE ? 0 : 1;
  }
}
