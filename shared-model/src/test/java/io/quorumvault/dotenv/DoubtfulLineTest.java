package io.quorumvault.dotenv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Lines that mean more to a reader than to the grammar, and values that must not meet them. All
/// were found by generated files.
class DoubtfulLineTest {
  @Test
  void a_quoted_name_that_is_left_open_behind_export_is_no_place_before_quotes() {
    refused("export 'Q=\nA=secret(X)\n", Dialect.PYTHON, "it's");
    refused("  export\t'Q=\nA=secret(X)\n", Dialect.PORTABLE, "it's");
    assertEquals(
        "export Q\nA=\"it's\"\n", Env.open("export Q\nA=secret(X)\n", Dialect.PYTHON, x("it's")));
  }

  @Test
  void a_comment_directly_behind_the_quote_does_not_become_a_part_of_a_bare_value() {
    for (Dialect dialect : List.of(Dialect.PORTABLE, Dialect.COMPOSE, Dialect.PYTHON)) {
      refused("A=`secret(X)`# x\n", dialect, "v");
      assertEquals("A='v'# x\n", Env.open("A='secret(X)'# x\n", dialect, x("v")));
    }
    assertEquals("A=v# x\n", Env.open("A='secret(X)'# x\n", Dialect.JAVA, x("v")));
  }

  @Test
  void where_quotes_are_in_doubt_none_are_added_around_the_authors_text() {
    refused("A: \"x\nB=(secret(X)\n", Dialect.PORTABLE, "v");
    assertEquals("A: \"x\nB=p/v\n", Env.open("A: \"x\nB=p/secret(X)\n", Dialect.PORTABLE, x("v")));
  }

  @Test
  void text_that_compose_would_trim_does_not_move_into_quotes() {
    refused("A=\u00a0$B/secret(X)\n", Dialect.COMPOSE, "v w");
    assertEquals("A=\"$B/v w\"\n", Env.open("A=$B/secret(X)\n", Dialect.COMPOSE, x("v w")));
  }

  private static Map<String, String> x(String value) {
    return Map.of("X", value);
  }

  private static void refused(String file, Dialect dialect, String value) {
    List<DotenvProblem> problems = Env.openProblems(file, dialect, x(value));
    assertEquals(1, problems.size(), problems::toString);
    assertEquals("env-not-representable", problems.get(0).code());
  }
}
