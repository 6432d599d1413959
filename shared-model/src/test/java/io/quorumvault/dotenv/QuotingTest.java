package io.quorumvault.dotenv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// In which form each dialect writes which value. A form that is empty says that it cannot.
class QuotingTest {
  private static final List<Dialect> DIALECTS =
      List.of(
          Dialect.PORTABLE,
          Dialect.POSIX,
          Dialect.COMPOSE,
          Dialect.NODE,
          Dialect.PYTHON,
          Dialect.JAVA,
          Dialect.DOCKER);

  @Test
  void what_needs_no_quotes_gets_none() {
    for (Dialect dialect : Dialect.values()) {
      String bare = "azAZ09_./:@%+,=-";
      assertEquals("A=" + bare + "\n", Env.open("A=secret(X)\n", dialect, Map.of("X", bare)));
    }
  }

  @Test
  void values_people_have() {
    forms("k 1", "\"k 1\"", "'k 1'", "\"k 1\"", "'k 1'", "\"k 1\"", "\"k 1\"", "k 1");
    forms(
        "p@$$w0rd",
        "'p@$$w0rd'",
        "'p@$$w0rd'",
        "\"p@\\$\\$w0rd\"",
        "'p@$$w0rd'",
        "\"p@$$w0rd\"",
        "\"p@$$w0rd\"",
        "p@$$w0rd");
    forms("it's", "\"it's\"", "'it'\\''s'", "\"it's\"", "\"it's\"", "\"it's\"", "\"it's\"", "it's");
    forms(
        "it's $5",
        "",
        "'it'\\''s $5'",
        "\"it's \\$5\"",
        "\"it's $5\"",
        "\"it's $5\"",
        "\"it's $5\"",
        "it's $5");
    forms("a#b", "\"a#b\"", "'a#b'", "\"a#b\"", "'a#b'", "\"a#b\"", "\"a#b\"", "a#b");
    forms("a\nb", "\"a\nb\"", "'a\nb'", "\"a\\nb\"", "'a\nb'", "\"a\\nb\"", "", "");
    forms("a\rb", "", "'a\rb'", "\"a\\rb\"", "\"a\\rb\"", "\"a\\rb\"", "", "");
    forms("a\"b", "'a\"b'", "'a\"b'", "\"a\\\"b\"", "'a\"b'", "\"a\\\"b\"", "", "a\"b");
    forms("a\\b", "'a\\b'", "'a\\b'", "\"a\\\\b\"", "'a\\b'", "\"a\\\\b\"", "\"a\\b\"", "a\\b");
  }

  @Test
  void backslashes_variables_and_pairs_of_quotes() {
    forms("a\\", "", "'a\\'", "\"a\\\\\"", "", "a\\", "\"a\\\"", "a\\");
    forms("a\n\\", "", "'a\n\\'", "\"a\\n\\\\\"", "", "", "", "");
    forms(
        "a\\\\b",
        "",
        "'a\\\\b'",
        "\"a\\\\\\\\b\"",
        "'a\\\\b'",
        "\"a\\\\\\\\b\"",
        "\"a\\\\b\"",
        "a\\\\b");
    forms("${X}", "", "'${X}'", "\"\\${X}\"", "'${X}'", "", "\"${X}\"", "${X}");
    forms("'x'", "\"'x'\"", "''\\''x'\\'''", "\"'x'\"", "\"'x'\"", "\"'x'\"", "\"'x'\"", "");
    forms(
        "$(id)", "'$(id)'", "'$(id)'", "\"\\$(id)\"", "'$(id)'", "\"$(id)\"", "\"$(id)\"", "$(id)");
    forms("'\"`", "", "''\\''\"`'", "\"'\\\"`\"", "", "\"'\\\"`\"", "", "'\"`");
  }

  @Test
  void the_authors_quotes_stay_if_the_value_fits_them() {
    within("'secret(X)'", "k 1", "'k 1'");
    within("\"secret(X)\"", "k 1", "\"k 1\"");
    within("'secret(X)'", "it's", "\"it's\"");
    within("\"secret(X)\"", "p$w", "'p$w'");
    within("\"it's secret(X)\"", "p$w", "");
    within("\"\\t/secret(X)\"", "x", "");
    within("\"$B/secret(X)\"", "x", "");
    within("'$B/secret(X)'", "x", "'$B/x'");
    within("`a/secret(X)`", "b c", "\"a/b c\"");
  }

  @Test
  void bare_text_is_quoted_with_the_value_if_it_has_to_be() {
    within("postgres://u:secret(X)@h/db", "hunter2", "postgres://u:hunter2@h/db");
    within("postgres://u:secret(X)@h/db", "k 1", "\"postgres://u:k 1@h/db\"");
    within("b#secret(X)", "x", "\"b#x\"");
    within("b secret(X)", "x", "\"b x\"");
    within("$B/secret(X)", "x", "");
    within("C:\\d/secret(X)", "x", "");
    assertEquals(
        "A=$B/'it'\\''s'\n", Env.open("A=$B/secret(X)\n", Dialect.POSIX, Map.of("X", "it's")));
    assertEquals(
        "A=\"$B/\\$5\"\n", Env.open("A=$B/secret(X)\n", Dialect.COMPOSE, Map.of("X", "$5")));
  }

  private static void within(String place, String value, String form) {
    assertEquals(form, form("A=" + place + "\n", Dialect.PORTABLE, value), place + " " + value);
  }

  private static void forms(String value, String... forms) {
    for (int i = 0; i < forms.length; i++) {
      Dialect dialect = DIALECTS.get(i);
      assertEquals(forms[i], form("A=secret(X)\n", dialect, value), dialect + " " + value);
    }
  }

  private static String form(String file, Dialect dialect, String value) {
    EnvPlanning planning = Env.plan(Env.task(file, EnvMode.OPEN, dialect, Map.of()));
    if (planning instanceof EnvPlan plan
        && Env.render(plan, Map.of("X", value)) instanceof RenderedFile rendered) {
      String opened = Env.text(rendered);
      return opened.substring("A=".length(), opened.length() - 1);
    }
    return "";
  }
}
