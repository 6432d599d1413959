package io.quorumvault.system;

import io.quorumvault.system.Operation.Call;
import io.quorumvault.system.Operation.Outcome;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Histories as a person writes them, an operation a line: `0-1 create a -> 1`, `2-3 read -> 1 a`,
/// `b: 4-5 delete if 1 -> mismatch`. Times are milliseconds; without an end, `6- update c`, the
/// outcome is unknown. The name is `s` if there is none.
final class Script {
  private static final Pattern LINE =
      Pattern.compile(
          "(?:(?<name>\\w+): )?(?<begin>\\d+)-(?<end>\\d*) (?<verb>create|update|delete|read)"
              + "(?: (?!if )(?<value>\\w+))?(?: if (?<expected>\\d+))?(?: -> (?<told>.+))?");

  private Script() {}

  static List<Operation> history(String... lines) {
    return IntStream.range(0, lines.length).mapToObj(i -> operation(i, lines[i])).toList();
  }

  private static Operation operation(int number, String line) {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches()) {
      throw new IllegalArgumentException(line);
    }
    String value = String.valueOf(parts.group("value"));
    String version = parts.group("expected");
    OptionalLong expected =
        version == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(version));
    Call call =
        switch (String.valueOf(parts.group("verb"))) {
          case "create" -> new Call.Create(value);
          case "update" -> new Call.Update(value, expected);
          case "delete" -> new Call.Delete(expected);
          default -> new Call.Read();
        };
    String end = parts.group("end");
    String name = parts.group("name");
    return new Operation(
        number,
        name == null ? "s" : name,
        call,
        outcome(String.valueOf(parts.group("told"))),
        time(parts.group("begin")),
        "".equals(end) ? Operation.NEVER : time(end));
  }

  private static Outcome outcome(String told) {
    String[] words = told.split(" ", -1);
    return switch (told) {
      case "null" -> Outcome.Without.UNKNOWN;
      case "not found" -> Outcome.Without.NOT_FOUND;
      case "exists" -> Outcome.Without.EXISTS;
      case "mismatch" -> Outcome.Without.MISMATCH;
      case "not applied" -> Outcome.Without.NOT_APPLIED;
      case "deleted" -> new Outcome.Applied(0);
      default ->
          words.length == 1
              ? new Outcome.Applied(Long.parseLong(told))
              : new Outcome.Found(Long.parseLong(words[0]), words[1]);
    };
  }

  static long time(String millis) {
    return Long.parseLong(millis) * 1_000_000;
  }
}
