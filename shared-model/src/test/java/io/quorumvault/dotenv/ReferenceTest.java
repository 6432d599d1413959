package io.quorumvault.dotenv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.dotenv.DotenvProblem.Kind;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferenceTest {
  @Test
  void a_name_is_all_a_reference_needs() {
    Reference.Read read = read("A=secret(DB_PW)");
    assertEquals("DB_PW", read.name().text());
    assertEquals(Selector.LATEST, read.selector());
    assertEquals(List.of(), read.filters());
    assertEquals(new Place(1, 3), read.place());
    Reference.Seal seal = seal("A=enc(DB_PW)");
    assertEquals("DB_PW", seal.name().text());
    assertEquals(new Reference.Elsewhere(), seal.supply());
  }

  @Test
  void spaces_may_stand_inside_the_parentheses() {
    assertEquals("X", seal("A=enc( X )").name().text());
    assertEquals("X", read("A='secret(   X|base64 )'").name().text());
  }

  @Test
  void a_version_is_a_number_or_a_time() {
    assertEquals(new Selector.Version(3), read("A=secret(X@3)").selector());
    assertEquals(
        new Selector.Version(Long.MAX_VALUE), read("A=secret(X@9223372036854775807)").selector());
    assertEquals(at("2026-11-20T18:00:00Z"), read("A=secret(X@2026-11-20T18:00:00Z)").selector());
    assertEquals(
        at("2026-11-20T17:00:00Z"), read("A=secret(X@2026-11-20t18:00:00+01:00)").selector());
    assertEquals(
        at("2026-11-20T18:00:00.123456789Z"),
        read("A=secret(X@2026-11-20T18:00:00.123456789z)").selector());
    assertEquals(
        at("2026-11-20T18:00:00Z"), read("A=secret(X@2026-11-20T18:00:00-00:00|json)").selector());
    for (String selector :
        List.of(
            "",
            "0",
            "-1",
            "+1",
            "x",
            "9223372036854775808",
            "99999999999999999999999999999999",
            "2026-11-20",
            "2026-11-20T18:00:00",
            "2026-02-30T18:00:00Z",
            "2026-11-20T24:00:00Z",
            "2026-11-20T18:00:00+19:00",
            "2026-11-20T18:00:00.1234567890Z",
            "3@4")) {
      assertMalformed(Kind.BAD_SELECTOR, "secret(X@" + selector + ")");
    }
  }

  @Test
  void filters_apply_in_their_order() {
    assertEquals(
        List.of(Filter.JSON, Filter.URLENCODE), read("A=secret(X@3|json|urlencode)").filters());
    for (String filters :
        List.of(
            "|", "|JSON", "|base64|", "|base64|x", "|jsons", "|generate", "|json|json|json|json")) {
      assertMalformed(Kind.BAD_FILTER, "secret(X" + filters + ")");
    }
  }

  @Test
  void generated_secrets_have_a_length() {
    assertEquals(new Reference.Generated(32), seal("A=enc(X|generate)").supply());
    assertEquals(new Reference.Generated(16), seal("A=enc(X|generate=16 )").supply());
    assertEquals(new Reference.Generated(1024), seal("A=enc(X|generate=1024)").supply());
    for (String word :
        List.of(
            "generate=",
            "generate=15",
            "generate=1025",
            "generate=-1",
            "generate=99999999999",
            "generate=x",
            "generated",
            "base64",
            "",
            "generate=32|generate=32")) {
      DotenvFile file = DotenvParser.parse("A=enc(X|" + word + ")");
      assertEquals(1, file.problems().size(), word);
      assertTrue(file.bindings().get(0).references().isEmpty(), word);
    }
  }

  @Test
  void a_value_may_stand_inside_when_there_is_no_doubt_where_it_ends() {
    assertInline("A=enc(X:hunter2)", "hunter2");
    assertInline("A=enc(X:p@ss:w|rd {}$`#;\\)", "p@ss:w|rd {}$`#;\\");
    assertInline("A='enc(X:a \" b)'", "a \" b");
    assertInline("A=\"enc(X:pa$$word)\"", "pa$$word");
    assertInline("A=enc(X:\"a)b\")", "a)b");
    assertInline("A='enc(X:\" a\nb \" )'", " a\nb ");
    assertInline("A=enc(X:\"a\\\"b\\\\\")", "a\\\"b\\\\");
    for (String reference :
        List.of(
            "enc(X:)",
            "enc(X: a)",
            "enc(X:a )",
            "enc(X:\"\")",
            "enc(X:\"a)",
            "enc(X:a(b)c)",
            "enc(X:\"a\\x\")",
            "enc(X:a\nb)",
            "enc(X:a #b)")) {
      DotenvFile file = DotenvParser.parse("A=" + reference + "\n");
      assertEquals(Kind.BAD_INLINE, file.problems().get(0).kind(), reference);
    }
    assertMalformed(Kind.MALFORMED_SEAL, "enc(X:\"a\"b)");
    for (String value : List.of("\"enc(X:a\\nb)\"", "\"enc(X:\\\"a\\\")\"")) {
      assertEquals(
          Kind.INLINE_IN_DOUBLE_QUOTES,
          DotenvParser.parse("A=" + value).problems().get(0).kind(),
          value);
    }
  }

  @Test
  void what_is_not_quite_a_reference_is_a_problem() {
    for (String reference :
        List.of(
            "secret()",
            "secret(",
            "secret(X",
            "secret( )",
            "secret(a b)",
            "secret(X:y)",
            "secret(X,Y)",
            "secret(ü)",
            "secret(X\u00a0)",
            "secret(\tX)",
            "secret(secret(X))")) {
      assertEquals(
          Kind.MALFORMED_READ,
          DotenvParser.parse("A=" + reference).problems().get(0).kind(),
          reference);
    }
    for (String reference :
        List.of("enc()", "enc(X", "enc(a b)", "enc(X@3)", "enc(hunter2!)", "enc('x')")) {
      assertMalformed(Kind.MALFORMED_SEAL, reference);
    }
    for (String name : List.of("a/b", "/a", ".a", "-a", "a".repeat(129))) {
      assertMalformed(Kind.BAD_NAME, "secret(" + name + ")");
      assertMalformed(Kind.BAD_NAME, "enc(" + name + ")");
    }
    assertEquals("a".repeat(128), read("A=secret(" + "a".repeat(128) + ")").name().text());
  }

  @Test
  void a_word_that_ends_in_the_verb_is_text() {
    for (String text :
        List.of(
            "mysecret(X)",
            "client_secret(X)",
            "a.secret(X)",
            "a-secret(X)",
            "$secret(X)",
            "9enc(X)",
            "genc(X)",
            "ésecret(X)",
            "\uD835\uDC00secret(X)",
            "SECRET(X)",
            "Secret(X)",
            "Enc(X)",
            "secret (X)",
            "secretX",
            "\\secret(X)",
            "\\enc(",
            "x\\\\secret(")) {
      DotenvFile file = DotenvParser.parse("A=" + text);
      assertTrue(file.problems().isEmpty(), text);
      assertTrue(file.bindings().get(0).references().isEmpty(), text);
    }
  }

  @Test
  void anything_else_may_stand_before_and_behind() {
    for (String text :
        List.of(
            "b/secret(X)c",
            "b:secret(X)",
            "b@secret(X)",
            "{secret(X)}",
            "}secret(X)",
            "b#secret(X)",
            "=secret(X)",
            "\uD83D\uDE00secret(X)",
            "secret(X)secret(Y)",
            "enc(secret(X)")) {
      DotenvFile file = DotenvParser.parse("A=" + text);
      assertFalse(file.bindings().get(0).references().isEmpty(), text);
    }
    assertEquals(2, DotenvParser.parse("A=secret(X)enc(Y)").bindings().get(0).references().size());
  }

  @Test
  void every_kind_of_quotes_may_hold_references() {
    for (String value :
        List.of("'secret(X)'", "\"secret(X)\"", "`secret(X)`", "'a\nsecret(X)\nb'")) {
      assertEquals("X", read("A=" + value).name().text());
    }
  }

  @Test
  void a_reference_does_not_tell_its_name() {
    assertEquals("enc() at 1:3", seal("A=enc(hunter2)").toString());
    assertEquals("secret() at 1:3", read("A=secret(hunter2)").toString());
  }

  private static Selector at(String instant) {
    return new Selector.At(Instant.parse(instant));
  }

  private static Reference only(String file) {
    DotenvFile parsed = DotenvParser.parse(file);
    assertEquals(List.of(), parsed.problems(), file);
    List<Reference> references = parsed.bindings().get(0).references();
    assertEquals(1, references.size(), file);
    return references.get(0);
  }

  private static Reference.Read read(String file) {
    return (Reference.Read) only(file);
  }

  private static Reference.Seal seal(String file) {
    return (Reference.Seal) only(file);
  }

  private static void assertInline(String file, String raw) {
    Reference.Inline inline = (Reference.Inline) seal(file).supply();
    assertEquals(raw, file.substring(inline.start(), inline.end()));
  }

  private static void assertMalformed(Kind kind, String reference) {
    List<DotenvProblem> problems = DotenvParser.parse("A=" + reference).problems();
    assertEquals(1, problems.size(), reference);
    assertEquals(kind, problems.get(0).kind(), reference);
    assertEquals(new Place(1, 3), problems.get(0).place(), reference);
  }
}
