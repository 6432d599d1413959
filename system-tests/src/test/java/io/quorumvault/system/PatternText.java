package io.quorumvault.system;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Texts that a pattern of the contract takes: characters, classes of them and groups, one after
/// the other, with `?`, `*`, `+` and `{m,n}`. Any other pattern is a bug here.
final class PatternText {
  /// For `*` and `+`: long texts are made by whoever wants them.
  private static final int REPEATS = 12;

  private final String pattern;
  private final RandomGenerator random;
  private int at;

  private PatternText(String pattern, RandomGenerator random) {
    this.pattern = pattern;
    this.random = random;
  }

  static String of(String pattern, RandomGenerator random) {
    if (!pattern.startsWith("^") || !pattern.endsWith("$")) {
      throw new IllegalArgumentException("not a pattern of a whole text: " + pattern);
    }
    PatternText text = new PatternText(pattern.substring(1, pattern.length() - 1), random);
    String made = text.sequence();
    if (text.at < text.pattern.length()) {
      throw new IllegalArgumentException("not a pattern that is known: " + pattern);
    }
    return made;
  }

  private String sequence() {
    StringBuilder made = new StringBuilder();
    while (at < pattern.length() && pattern.charAt(at) != ')') {
      int start = at;
      String once = one();
      int end = at;
      int times = times();
      int after = at;
      for (int i = 0; i < times; i++) {
        made.append(once);
        if (i + 1 < times) {
          at = start;
          once = one();
          if (at != end) {
            throw new IllegalStateException(pattern);
          }
        }
      }
      at = after;
    }
    return made.toString();
  }

  private String one() {
    char first = pattern.charAt(at++);
    return switch (first) {
      case '[' -> Character.toString(oneOfClass());
      case '(' -> {
        String inside = sequence();
        at++;
        yield inside;
      }
      case '\\', '|', '.', '^', '$' -> throw new IllegalArgumentException(pattern);
      default -> Character.toString(first);
    };
  }

  private char oneOfClass() {
    List<Character> all = new ArrayList<>();
    while (pattern.charAt(at) != ']') {
      char from = pattern.charAt(at++);
      if (pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']') {
        char to = pattern.charAt(at + 1);
        at += 2;
        for (char one = from; one <= to; one++) {
          all.add(one);
        }
      } else {
        all.add(from);
      }
    }
    at++;
    return all.get(random.nextInt(all.size()));
  }

  private int times() {
    if (at == pattern.length()) {
      return 1;
    }
    return switch (pattern.charAt(at)) {
      case '?' -> between(0, 1, 1);
      case '*' -> between(0, REPEATS, 1);
      case '+' -> between(1, REPEATS, 1);
      case '{' -> {
        int end = pattern.indexOf('}', at);
        String[] bounds = pattern.substring(at + 1, end).split(",", -1);
        int least = Integer.parseInt(bounds[0]);
        int most = bounds.length == 1 ? least : Integer.parseInt(bounds[1]);
        yield between(least, most, end + 1 - at);
      }
      default -> 1;
    };
  }

  private int between(int least, int most, int length) {
    at += length;
    return random.nextInt(least, most + 1);
  }
}
