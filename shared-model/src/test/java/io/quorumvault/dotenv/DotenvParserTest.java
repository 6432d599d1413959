package io.quorumvault.dotenv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.Limits;
import io.quorumvault.dotenv.DotenvProblem.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class DotenvParserTest {
  @Test
  void nothing_is_a_file_too() {
    DotenvFile file = DotenvParser.parse("");
    assertTrue(file.bindings().isEmpty());
    assertTrue(file.problems().isEmpty());
  }

  @Test
  void names_and_values_are_found_in_every_form_of_an_assignment() {
    assertBinding("A=b", "A", "b", Quote.BARE);
    assertBinding("  A = b  ", "A", "b", Quote.BARE);
    assertBinding("export A=b", "A", "b", Quote.BARE);
    assertBinding("\texport\tA\t=\tb", "A", "b", Quote.BARE);
    assertBinding("export=b", "export", "b", Quote.BARE);
    assertBinding("export =b", "export", "b", Quote.BARE);
    assertBinding("exported=b", "exported", "b", Quote.BARE);
    assertBinding("_a.B-c9=b", "_a.B-c9", "b", Quote.BARE);
    assertBinding("A=", "A", "", Quote.BARE);
    assertBinding("A==b=", "A", "=b=", Quote.BARE);
    assertBinding("A=b c", "A", "b c", Quote.BARE);
    assertBinding("A='b c'", "A", "b c", Quote.SINGLE);
    assertBinding("A=\"b \\\" c\"", "A", "b \\\" c", Quote.DOUBLE);
    assertBinding("A=`b ' \" c`", "A", "b ' \" c", Quote.BACKTICK);
    assertBinding("A=\"b\nc\"", "A", "b\nc", Quote.DOUBLE);
    assertBinding("A='b\r\nc'", "A", "b\r\nc", Quote.SINGLE);
    assertBinding("A=\"b\\\\\"", "A", "b\\\\", Quote.DOUBLE);
    assertBinding("\uFEFFA=b", "A", "b", Quote.BARE);
    assertBinding("A=b\"c\"", "A", "b\"c\"", Quote.BARE);
  }

  @Test
  void a_bare_value_ends_before_a_blank_and_a_hash() {
    assertBinding("A=b # c", "A", "b", Quote.BARE);
    assertBinding("A=b\t# c", "A", "b", Quote.BARE);
    assertBinding("A=b#c", "A", "b#c", Quote.BARE);
    assertBinding("A=#b", "A", "#b", Quote.BARE);
    assertBinding("A= #b", "A", "", Quote.BARE);
    assertBinding("A=b#c # d", "A", "b#c", Quote.BARE);
    assertBinding("A='b' # c", "A", "b", Quote.SINGLE);
    assertBinding("A='b'# c", "A", "b", Quote.SINGLE);
  }

  @Test
  void what_stands_around_a_value_is_known() {
    Frame frame = frame("\uFEFFexport A = 'b' # c\r\n");
    assertEquals(new Frame(true, true, true, true, Frame.Comment.APART, true, true), frame);
    assertEquals(
        new Frame(false, false, false, false, Frame.Comment.NONE, false, false), frame("A=b"));
    assertEquals(Frame.Comment.ADJOINING, frame("A='b'# c").comment());
    assertTrue(frame("A=b ").blankAfterValue());
    assertFalse(frame("A=b\n").crlf());
  }

  @Test
  void lines_that_are_no_assignments_are_left_alone() {
    for (String line :
        List.of("A", "A: b", "1A=b", "A B=c", "=b", "export A", "-A=b", "don't", "A+=b", "é=b")) {
      DotenvFile file = DotenvParser.parse(line + "\n");
      assertTrue(file.bindings().isEmpty(), line);
      assertTrue(file.problems().isEmpty(), line);
    }
  }

  @Test
  void comments_and_blank_lines_are_nothing() {
    DotenvFile file = DotenvParser.parse("# A=secret(X\n\n  # enc(\n \t\n\r\nA=b # secret(\n");
    assertEquals(1, file.bindings().size());
    assertTrue(file.problems().isEmpty());
    assertTrue(file.bindings().get(0).references().isEmpty());
  }

  @Test
  void a_line_ends_with_lf_or_crlf_and_not_with_cr() {
    assertEquals(2, DotenvParser.parse("A=b\r\nC=d").bindings().size());
    DotenvFile file = DotenvParser.parse("A=b\rC=d");
    assertEquals(1, file.bindings().size());
    assertEquals("b\rC=d", value(file));
    assertTrue(file.problems().isEmpty());
  }

  @Test
  void doubt_is_a_problem_and_names_its_place_and_variable() {
    assertProblem("\nA=\"b", Kind.UNTERMINATED_QUOTE, "2:3", "A");
    assertProblem("A='b\nC=d", Kind.UNTERMINATED_QUOTE, "1:3", "A");
    assertProblem("A=`b", Kind.UNTERMINATED_QUOTE, "1:3", "A");
    assertProblem("A=\"b\\\"", Kind.UNTERMINATED_QUOTE, "1:3", "A");
    assertProblem("A='b\\'c'", Kind.AMBIGUOUS_QUOTE, "1:5", "A");
    assertProblem("A='b\\'", Kind.AMBIGUOUS_QUOTE, "1:5", "A");
    assertProblem("A=`b\\`", Kind.AMBIGUOUS_QUOTE, "1:5", "A");
    assertProblem("A=\"b\"c", Kind.TEXT_AFTER_QUOTE, "1:6", "A");
    assertProblem("A='b' c", Kind.TEXT_AFTER_QUOTE, "1:7", "A");
    assertProblem("A='b''c'", Kind.TEXT_AFTER_QUOTE, "1:6", "A");
    assertProblem("A='it'\\''s'", Kind.TEXT_AFTER_QUOTE, "1:7", "A");
    assertProblem("A=secret(X)\rB=c\n", Kind.CARRIAGE_RETURN, "1:12", "A");
    assertProblem("A='b\rsecret(X)'", Kind.CARRIAGE_RETURN, "1:5", "A");
    assertProblem("see secret(X)", Kind.REFERENCE_OUTSIDE_VALUE, "1:5", null);
    assertProblem("A: secret(X)", Kind.REFERENCE_OUTSIDE_VALUE, "1:4", null);
    assertProblem("secret(X)=b", Kind.REFERENCE_OUTSIDE_VALUE, "1:1", null);
    assertProblem("A B=enc(", Kind.REFERENCE_OUTSIDE_VALUE, "1:5", null);
    assertProblem("A=b\0c", Kind.NUL_CHARACTER, "1:4", null);
    assertProblem("A=\uD800", Kind.NOT_UTF8, "1:3", null);
    assertProblem("A=\uDC00\uD800x", Kind.NOT_UTF8, "1:3", null);
  }

  @Test
  void a_crlf_in_quotes_is_no_doubt() {
    assertTrue(DotenvParser.parse("A='b\r\nsecret(X)'\r\n").problems().isEmpty());
  }

  @Test
  void columns_count_code_points() {
    assertProblem("A='\uD83D\uDE00é' x", Kind.TEXT_AFTER_QUOTE, "1:8", "A");
    assertProblem("# \uD83D\uDE00\nÄ secret(X)", Kind.REFERENCE_OUTSIDE_VALUE, "2:3", null);
    String wide = "\uD83D\uDE00".repeat(1000);
    assertProblem("A=" + wide + "secret()", Kind.MALFORMED_READ, "1:1003", "A");
  }

  @Test
  void all_problems_are_found_at_once_and_in_order() {
    DotenvFile file = DotenvParser.parse("A=secret()\nB=\"x\nC=enc(a b)\nD='x' y\nok=1\n");
    assertEquals(
        List.of(
            "1:3 MALFORMED_READ",
            "2:3 UNTERMINATED_QUOTE",
            "3:3 MALFORMED_SEAL",
            "4:7 TEXT_AFTER_QUOTE"),
        file.problems().stream().map(p -> p.place() + " " + p.kind()).toList());
    assertEquals(List.of("A", "C", "D", "ok"), names(file));
  }

  @Test
  void many_problems_are_counted_and_not_listed() {
    DotenvFile file = DotenvParser.parse("A=enc()\n".repeat(1234));
    assertEquals(Limits.ENV_PROBLEMS_MAX, file.problems().size());
    assertEquals(234, file.problemsOmitted());
  }

  @Test
  void the_bounds_are_exact() {
    String largest = "A=" + "x".repeat(Limits.ENV_BYTES_MAX - 2);
    assertTrue(DotenvParser.parse(largest).problems().isEmpty());
    assertProblem(largest + "x", Kind.CONTENT_TOO_LARGE, "1:1", null);
    String wide = "A=" + "é".repeat((Limits.ENV_BYTES_MAX - 2) / 2);
    assertTrue(DotenvParser.parse(wide).problems().isEmpty());
    assertProblem(wide + "é", Kind.CONTENT_TOO_LARGE, "1:1", null);
    String pairs = "A=" + "\uD83D\uDE00".repeat(Limits.ENV_BYTES_MAX / 4 - 1) + "xy";
    assertTrue(DotenvParser.parse(pairs).problems().isEmpty());
    assertProblem(pairs + "z", Kind.CONTENT_TOO_LARGE, "1:1", null);

    String references = "A=secret(X)\n".repeat(Limits.ENV_REFERENCES_MAX);
    assertTrue(DotenvParser.parse(references).problems().isEmpty());
    assertProblem(references + "B=enc(Y)", Kind.TOO_MANY_REFERENCES, "1001:3", "B");
    assertEquals(1, DotenvParser.parse(references.repeat(3)).problems().size());

    String lines = "A=b\nodd\n".repeat(Limits.ENV_LINES_MAX / 2) + "\n# c\n";
    assertTrue(DotenvParser.parse(lines).problems().isEmpty());
    assertProblem(lines + " C=d\nC=secret(\n", Kind.TOO_MANY_LINES, "10003:1", null);
  }

  @Test
  void a_problem_never_repeats_the_text() {
    String password = "hunter2-Passw0rd";
    for (String file :
        List.of(
            "A=enc(" + password + "/x)",
            "A=enc(" + password,
            "A=enc(x y " + password + ")",
            "A=enc(" + password + "|x)",
            "A=enc(X: " + password + ")",
            "A=\"enc(X:\\" + password + ")\"",
            "A='" + password + "' x",
            "A='" + password,
            "A=secret(" + password + " x)",
            password + " secret(" + password + ")",
            "A=secret(" + password + "@" + password + ")",
            "A=secret(" + password + "|" + password + ")")) {
      DotenvFile parsed = DotenvParser.parse(file);
      assertFalse(parsed.problems().isEmpty(), file);
      for (DotenvProblem problem : parsed.problems()) {
        assertFalse((problem + problem.message() + problem.violation()).contains(password), file);
      }
      assertFalse(parsed.toString().contains(password));
      assertFalse(parsed.bindings().toString().contains(password), file);
    }
  }

  @Test
  void a_long_name_is_cut_in_a_problem() {
    DotenvFile file = DotenvParser.parse("A".repeat(5000) + "=secret()");
    String variable = file.problems().get(0).variable();
    assertEquals(Limits.NAME_CHARS_MAX, variable == null ? 0 : variable.length());
  }

  private static void assertBinding(String line, String variable, String value, Quote quote) {
    DotenvFile file = DotenvParser.parse(line);
    assertEquals(List.of(), file.problems(), line);
    assertEquals(List.of(variable), names(file), line);
    assertEquals(value, value(file), line);
    assertEquals(quote, file.bindings().get(0).quote(), line);
  }

  private static List<String> names(DotenvFile file) {
    return file.bindings().stream().map(Binding::variable).toList();
  }

  private static String value(DotenvFile file) {
    Binding binding = file.bindings().get(0);
    return file.content().substring(binding.valueStart(), binding.valueEnd());
  }

  private static Frame frame(String line) {
    return DotenvParser.parse(line).bindings().get(0).frame();
  }

  private static void assertProblem(
      String file, Kind kind, String place, @org.jspecify.annotations.Nullable String variable) {
    List<DotenvProblem> problems = DotenvParser.parse(file).problems();
    assertEquals(1, problems.size(), problems::toString);
    DotenvProblem problem = problems.get(0);
    assertEquals(kind, problem.kind());
    assertEquals(place, problem.place().toString());
    if (variable == null) {
      assertNull(problem.variable());
    } else {
      assertEquals(variable, problem.variable());
    }
  }
}
