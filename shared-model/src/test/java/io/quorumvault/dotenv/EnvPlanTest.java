package io.quorumvault.dotenv;

import static io.quorumvault.dotenv.Env.creations;
import static io.quorumvault.dotenv.Env.open;
import static io.quorumvault.dotenv.Env.openProblems;
import static io.quorumvault.dotenv.Env.planned;
import static io.quorumvault.dotenv.Env.render;
import static io.quorumvault.dotenv.Env.seal;
import static io.quorumvault.dotenv.Env.sealProblems;
import static io.quorumvault.dotenv.Env.task;
import static io.quorumvault.dotenv.Env.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.dotenv.DotenvProblem.Kind;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.testing.ScriptedRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvPlanTest {
  private static final String PLAIN =
      """
      # db
      DB_PW=hunter2
      URL="postgres://u:enc(DB_PW)@h/db"   # keep
      export KEY='enc(API_KEY)'
      DOC=see \\secret(X)
      """;
  private static final String SEALED =
      """
      # db
      DB_PW=secret(DB_PW)
      URL="postgres://u:secret(DB_PW)@h/db"   # keep
      export KEY='secret(API_KEY)'
      DOC=see \\secret(X)
      """;
  private static final String OPENED =
      """
      # db
      DB_PW=hunter2
      URL="postgres://u:hunter2@h/db"   # keep
      export KEY='k 1'
      DOC=see secret(X)
      """;

  @Test
  void a_request_fails_for_what_is_too_large_or_else_for_the_first_problem_of_the_file() {
    assertEquals(FailureCode.ENV_VALUE_MISSING, failure("A=enc(X)\nB=secret("));
    assertEquals(FailureCode.ENV_SYNTAX, failure("A=secret(\nB=enc(X)"));
    assertEquals(
        FailureCode.PAYLOAD_TOO_LARGE,
        failure("A=enc(X)\n" + "B=secret(Y)\n".repeat(Limits.ENV_REFERENCES_MAX)));
  }

  private static FailureCode failure(String content) {
    return assertInstanceOf(
            EnvRefusal.class, Env.plan(task(content, EnvMode.DEFAULT, Dialect.PORTABLE, Map.of())))
        .failure();
  }

  @Test
  void a_plain_file_is_sealed_and_opened_again() {
    assertEquals(SEALED, seal(PLAIN, Map.of("API_KEY", "k 1")));
    assertEquals(
        Map.of("API_KEY", "k 1", "DB_PW", "hunter2"),
        creations(PLAIN, Dialect.PORTABLE, Map.of("API_KEY", "k 1")));
    assertEquals(
        OPENED, open(SEALED, Dialect.PORTABLE, Map.of("API_KEY", "k 1", "DB_PW", "hunter2")));
  }

  @Test
  void the_default_mode_seals_what_is_plain_and_opens_what_is_sealed() {
    try (EnvPlan plan =
        planned(task(PLAIN, EnvMode.DEFAULT, Dialect.PORTABLE, Map.of("API_KEY", "k 1")))) {
      assertEquals(SEALED, text(render(plan, Map.of())));
    }
    try (EnvPlan plan = planned(task(SEALED, EnvMode.DEFAULT, Dialect.PORTABLE, Map.of()))) {
      assertEquals(OPENED, text(render(plan, Map.of("API_KEY", "k 1", "DB_PW", "hunter2"))));
    }
  }

  @Test
  void the_default_mode_does_both_at_once_and_keeps_escapes_for_the_next_time() {
    String file = "A=enc(NEW:n 1)\nB=secret(OLD)\nC=\\enc(X)\nD=secret(OLD)/enc(NEW)\n";
    try (EnvPlan plan = planned(task(file, EnvMode.DEFAULT, Dialect.PORTABLE, Map.of()))) {
      assertEquals(
          "A=secret(NEW)\nB=\"o 1\"\nC=\\enc(X)\nD=\"o 1/secret(NEW)\"\n",
          text(render(plan, Map.of("OLD", "o 1"))));
    }
  }

  @Test
  void sealing_again_changes_nothing() {
    assertEquals(SEALED, seal(SEALED, Map.of()));
    try (EnvPlan plan = planned(task(SEALED, EnvMode.SEAL, Dialect.PORTABLE, Map.of()))) {
      assertTrue(plan.creations().isEmpty());
      assertFalse(plan.needsValues());
      assertEquals(2, plan.reads().size());
    }
  }

  @Test
  void bytes_around_references_stay() {
    assertEquals("", open("", Dialect.PORTABLE, Map.of()));
    assertEquals("", seal("", Map.of()));
    String odd = "\uFEFF\n# enc(X)\r\nA = b \t\r\nfoo bar\nA=b #secret(X)\nB=it's \r\n\n  # x";
    for (EnvMode mode : EnvMode.values()) {
      try (EnvPlan plan = planned(task(odd, mode, Dialect.PORTABLE, Map.of()))) {
        assertEquals(odd, text(render(plan, Map.of())));
      }
    }
    assertEquals(
        "\uFEFFA=hunter2 \t# c\r\n\r\nB=\"l1\nl2\"\r\nC='l1\nl2'",
        open(
            "\uFEFFA=secret(X) \t# c\r\n\r\nB=secret(Y)\r\nC='secret(Y)'",
            Dialect.PORTABLE,
            Map.of("X", "hunter2", "Y", "l1\nl2")));
  }

  @Test
  void escapes_go_when_the_file_is_opened_and_stay_when_it_is_sealed() {
    String file = "A=\\secret(X) \\enc( y\nB='\\\\secret(X)'\n# \\secret(X)\nC: \\secret(X)\n";
    assertEquals(
        "A=secret(X) enc( y\nB='\\secret(X)'\n# \\secret(X)\nC: \\secret(X)\n",
        open(file, Dialect.PORTABLE, Map.of()));
    assertEquals(file, seal(file, Map.of()));
    assertEquals(
        "A=\"see secret(X) or v w\"\n",
        open("A=see \\secret(X) or secret(Y)\n", Dialect.PORTABLE, Map.of("Y", "v w")));
  }

  @Test
  void what_is_inserted_is_never_looked_at_again() {
    assertEquals(
        "A=\"secret(Y)\"\nB=v\n",
        open("A=secret(X)\nB=secret(Y)\n", Dialect.PORTABLE, Map.of("X", "secret(Y)", "Y", "v")));
  }

  @Test
  void a_secret_used_twice_is_read_once_and_each_version_by_itself() {
    String file =
        """
        A=secret(X)
        B=secret( X|base64 )
        C=secret(X@2)
        D=secret(X@2026-11-20T18:00:00Z)
        E=secret(X@2026-11-20T19:00:00+01:00)
        F=secret(A)
        """;
    try (EnvPlan plan = planned(task(file, EnvMode.OPEN, Dialect.PORTABLE, Map.of()))) {
      SecretName x = new SecretName("X");
      assertEquals(
          java.util.Set.of(
              new SecretRead(new SecretName("A"), Selector.LATEST),
              new SecretRead(x, Selector.LATEST),
              new SecretRead(x, new Selector.Version(2)),
              new SecretRead(x, new Selector.At(Instant.parse("2026-11-20T18:00:00Z")))),
          plan.reads());
      assertEquals(new SecretName("A"), plan.reads().getFirst().name());
      assertEquals(6, plan.occurrences().size());
      assertEquals("C", plan.occurrences().get(2).variable());
      assertEquals(new Place(3, 3), plan.occurrences().get(2).place());
    }
  }

  @Test
  void a_value_may_come_from_beside_the_file() {
    assertEquals("A=secret(X)\n", seal("A=enc(X)\n", Map.of("X", "v")));
    assertEquals(
        Map.of("X", "a\0\uD83D\uDE00"),
        creations("A=enc(X)\n", Dialect.PORTABLE, Map.of("X", "a\0\uD83D\uDE00")));
  }

  @Test
  void a_value_may_come_from_an_assignment_whose_line_is_then_sealed_too() {
    assertAssigned("X=v", "X=secret(X)", "v");
    assertAssigned(" export X = v w  # c\r", " export X = secret(X)  # c\r", "v w");
    assertAssigned("X='v #w'", "X='secret(X)'", "v #w");
    assertAssigned("X=\"v\nw\" # c", "X=\"secret(X)\" # c", "v\nw");
    assertAssigned("X='see \\secret(Y)'", "X='secret(X)'", "see secret(Y)");
    assertAssigned("X=v(1);w|x!", "X=secret(X)", "v(1);w|x!");
  }

  private static void assertAssigned(String line, String sealed, String value) {
    String rest = "\nURL=x/enc(X)/y\n";
    assertEquals(sealed + "\nURL=x/secret(X)/y\n", seal(line + rest, Map.of()));
    assertEquals(Map.of("X", value), creations(line + rest, Dialect.PORTABLE, Map.of()));
  }

  @Test
  void an_assigned_value_readers_disagree_about_is_refused() {
    for (String value :
        List.of(
            "v#w",
            "v$w",
            "v`w`",
            "v\\w",
            "it's",
            "v\"w\"",
            "~/v",
            "\"v\\nw\"",
            "\"v$w\"",
            "'v${w}'",
            "'v\\\\w'",
            "`v`",
            "\"v\r\nw\"",
            "v\rw",
            "v\u00a0")) {
      DotenvProblem problem = only(sealProblems("B=enc(X)\nX=" + value + "\n", Map.of()));
      assertEquals(Kind.AMBIGUOUS_ASSIGNMENT, problem.kind(), value);
      assertEquals(new Place(2, 1), problem.place());
      assertEquals("X", problem.variable());
    }
  }

  @Test
  void a_named_dialect_reads_assigned_values_in_its_own_way() {
    assertEquals("v\nw", assigned("\"v\\nw\"", Dialect.NODE));
    assertEquals("v\\tw", assigned("\"v\\tw\"", Dialect.NODE));
    assertEquals("v$w\\", assigned("\"v\\$w\\\\\"", Dialect.POSIX));
    assertEquals("v\\nw", assigned("\"v\\nw\"", Dialect.POSIX));
    assertEquals("v$w\t", assigned("\"v\\$w\\t\"", Dialect.COMPOSE));
    assertEquals("v\\w\n", assigned("\"v\\\\w\\n\"", Dialect.PYTHON));
    assertEquals("v\\nw", assigned("\"v\\nw\"", Dialect.JAVA));
    assertEquals("v w#x", assigned("v w#x", Dialect.DOCKER));
    assertEquals("`v", assigned("'`v'", Dialect.COMPOSE));
    assertEquals("v\nw", assigned("\"v\r\nw\"", Dialect.PYTHON));
    assertEquals("v\r\nw", assigned("\"v\r\nw\"", Dialect.COMPOSE));
  }

  private static String assigned(String value, Dialect dialect) {
    return String.valueOf(creations("X=" + value + "\nB=enc(X)\n", dialect, Map.of()).get("X"));
  }

  @Test
  void an_assignment_gives_no_value_if_there_are_two_or_it_has_references_itself() {
    for (String file : List.of("X=a\nX=a\nB=enc(X)\n", "X=enc(X)\n", "X=secret(Y)\nB=enc(X)\n")) {
      DotenvProblem problem = only(sealProblems(file, Map.of()));
      assertEquals(Kind.VALUE_MISSING, problem.kind(), file);
    }
    assertEquals("X=a\nX=a\nB=secret(X)\n", seal("X=a\nX=a\nB=enc(X)\n", Map.of("X", "v")));
    assertEquals("X=secret(X)\n", seal("X=enc(X)\n", Map.of("X", "v")));
  }

  @Test
  void an_empty_assignment_gives_no_value() {
    assertEquals(Kind.VALUE_EMPTY, only(sealProblems("X=\nB=enc(X)\n", Map.of())).kind());
    assertEquals(Kind.VALUE_EMPTY, only(sealProblems("X='' # c\nB=enc(X)\n", Map.of())).kind());
    assertEquals("X=\nB=secret(X)\n", seal("X=\nB=enc(X)\n", Map.of("X", "v")));
  }

  @Test
  void a_value_may_stand_in_the_reference() {
    assertEquals("A=secret(X)\n", seal("A=enc(X:hunter2)\n", Map.of()));
    assertEquals(
        "A='a secret(X) b'\n", seal("A='a enc(X:\"p)\\n\\\\\\\"\\t\\rq\") b'\n", Map.of()));
    assertEquals(
        Map.of("X", "p)\n\\\"\t\rq"),
        creations("A='a enc(X:\"p)\\n\\\\\\\"\\t\\rq\") b'\n", Dialect.PORTABLE, Map.of()));
  }

  @Test
  void a_value_may_be_generated_from_given_chance() {
    byte[] chance = new byte[16];
    for (int i = 0; i < chance.length; i++) {
      chance[i] = (byte) new int[] {0, 25, 26, 51, 52, 61, 62, 247, 248, 255, 1, 2, 3, 4, 5, 6}[i];
    }
    byte[] more = new byte[16];
    ScriptedRandom random = new ScriptedRandom(chance, more);
    EnvTask task =
        task("A=enc(X|generate=16)\nB='enc(X)'\n", EnvMode.SEAL, Dialect.PORTABLE, Map.of());
    try (EnvPlan plan = assertInstanceOf(EnvPlan.class, EnvPlan.of(task, random::nextBytes))) {
      assertEquals("AZaz09A9BCDEFGAA", text(created(plan, "X")));
      assertEquals("A=secret(X)\nB='secret(X)'\n", text(render(plan, Map.of())));
    }
    assertTrue(random.exhausted());
    for (byte[] drawn : random.filled()) {
      assertEquals(
          java.util.HexFormat.of().formatHex(new byte[16]),
          java.util.HexFormat.of().formatHex(drawn));
    }
  }

  @Test
  void no_value_is_a_problem_wherever_the_name_is_used() {
    List<DotenvProblem> problems = sealProblems("A=enc(hunter2)\nB=x/enc(hunter2)\n", Map.of());
    assertEquals(2, problems.size());
    assertEquals("env-value-missing", problems.get(0).code());
    assertEquals(new Place(2, 5), problems.get(1).place());
    assertEquals("B", problems.get(1).variable());
    assertTrue(problems.get(0).message().contains("enc() takes a name"));
    assertFalse(problems.toString().contains("hunter2"));
  }

  @Test
  void two_values_that_agree_are_one_and_two_that_differ_are_a_problem() {
    for (String file :
        List.of("X=v\nB=enc(X:v)\nC=enc(X:v)\n", "X='v'\nB=enc(X)\n", "B=enc(X:\"v\")\n")) {
      assertEquals(Map.of("X", "v"), creations(file, Dialect.PORTABLE, Map.of("X", "v")));
    }
    for (String file :
        List.of(
            "X=w\nB=enc(X)\n", "B=enc(X:w)\n", "B=enc(X:v)\nC=enc(X:w)\n", "B=enc(X|generate)\n")) {
      DotenvProblem problem = only(sealProblems(file, Map.of("X", "v")));
      assertEquals(Kind.VALUE_CONFLICT, problem.kind(), file);
      assertEquals("B", problem.variable());
    }
    for (String file :
        List.of("B=enc(X|generate)\nX=w\n", "B=enc(X|generate=16)\nC=enc(X|generate=17)\n")) {
      assertEquals(Kind.VALUE_CONFLICT, only(sealProblems(file, Map.of())).kind(), file);
    }
  }

  @Test
  void a_file_cannot_read_what_it_creates() {
    for (EnvMode mode : List.of(EnvMode.DEFAULT, EnvMode.SEAL)) {
      EnvTask task = task("A=enc(X)\nB=b/secret(X@1)\n", mode, Dialect.PORTABLE, Map.of("X", "v"));
      DotenvProblem problem = only(Env.problems(task, Map.of()));
      assertEquals("env-self-reference", problem.code());
      assertEquals(new Place(2, 5), problem.place());
    }
  }

  @Test
  void opening_refuses_a_file_that_is_not_sealed() {
    List<DotenvProblem> problems =
        openProblems("A=secret(X)\nB=enc(X)\nC=enc(Y:v)\n", Dialect.PORTABLE, Map.of());
    assertEquals(2, problems.size());
    assertEquals("env-mode", problems.get(0).code());
  }

  @Test
  void problems_of_all_kinds_come_together() {
    List<DotenvProblem> problems =
        sealProblems("A=enc(X)\nB=secret(\nC=enc(Y)\nD=secret(Y)\n", Map.of("Y", "v"));
    assertEquals(
        List.of(Kind.VALUE_MISSING, Kind.MALFORMED_READ, Kind.SELF_REFERENCE),
        problems.stream().map(DotenvProblem::kind).toList());
  }

  @Test
  void filters_change_what_is_inserted() {
    Map<String, String> secrets = Map.of("X", "p@s/s: \u00fc\n\"~");
    assertEquals(
        "A=\"p%40s%2Fs%3A%20%C3%BC%0A%22~\"\n",
        open("A=secret(X|urlencode)\n", Dialect.PORTABLE, secrets));
    assertEquals("A=cEBzL3M6IMO8CiJ+\n", open("A=secret(X|base64)\n", Dialect.PORTABLE, secrets));
    assertEquals(
        "A={\"k\":\"p@s/s: \u00fc\\n\\\"~\"}\n",
        open("A={\"k\":secret(X|json)}\n", Dialect.DOCKER, secrets));
    assertEquals(
        "A=InBAcy9zOiDDvFxuXCJ%2BIg%3D%3D\n",
        open("A=secret(X|json|base64|urlencode)\n", Dialect.PORTABLE, secrets));
  }

  @Test
  void a_value_that_is_not_utf_8_needs_base64() {
    try (EnvPlan plan =
        planned(
            task(
                "A=secret(X|base64)\nB=secret(X)\nC=secret(X|urlencode)\nD=secret(X|json|base64)\n",
                EnvMode.OPEN,
                Dialect.POSIX,
                Map.of()))) {
      Map<SecretRead, SecretValue> resolved = new HashMap<>();
      resolved.put(plan.reads().getFirst(), SecretValue.owning(new byte[] {(byte) 0xff, 0}));
      EnvRefusal refusal = assertInstanceOf(EnvRefusal.class, plan.render(resolved));
      assertEquals(
          List.of("B", "C", "D"),
          refusal.problems().stream().map(p -> String.valueOf(p.variable())).toList());
      assertTrue(refusal.problems().get(0).message().contains("|base64"));
    }
    try (EnvPlan plan =
        planned(task("A=secret(X|base64)\n", EnvMode.OPEN, Dialect.POSIX, Map.of()))) {
      SecretValue binary = SecretValue.owning(new byte[] {(byte) 0xff, 0});
      assertEquals("A=/wA=\n", text(plan.render(Map.of(plan.reads().getFirst(), binary))));
    }
  }

  @Test
  void a_value_the_dialect_cannot_hold_is_refused_with_those_that_can() {
    DotenvProblem problem =
        only(openProblems("A=secret(X)\n", Dialect.PORTABLE, Map.of("X", "it's $5")));
    assertEquals("env-not-representable", problem.code());
    assertEquals(new Place(1, 3), problem.place());
    assertEquals("A", problem.variable());
    assertEquals(new SecretName("X"), problem.secret());
    assertEquals(
        List.of(
            Dialect.POSIX,
            Dialect.COMPOSE,
            Dialect.DOCKER,
            Dialect.KUBE,
            Dialect.NODE,
            Dialect.PYTHON,
            Dialect.JAVA),
        problem.alternatives());
    assertTrue(problem.message().endsWith("posix, compose, docker, kube, node, python, java"));
    assertFalse(problem.toString().contains("it's"));
    assertEquals("A='it'\\''s $5'\n", open("A=secret(X)\n", Dialect.POSIX, Map.of("X", "it's $5")));
  }

  @Test
  void every_value_that_cannot_be_held_is_named() {
    List<DotenvProblem> problems =
        openProblems(
            "A=secret(X)\nB=\"secret(Y)/secret(X)/secret(X)\"\nC=secret(Y)\n",
            Dialect.PORTABLE,
            Map.of("X", "it's $5", "Y", "fine"));
    assertEquals(
        List.of("1:3 X", "2:14 X"),
        problems.stream().map(p -> p.place() + " " + p.secret()).toList());
    // Each fits alone, and together they fit no quotes.
    problems =
        openProblems("A=secret(X)secret(Y)\n", Dialect.PORTABLE, Map.of("X", "it's", "Y", "$5"));
    assertEquals(
        List.of("1:3 X", "1:12 Y"),
        problems.stream().sorted().map(p -> p.place() + " " + p.secret()).toList());
  }

  @Test
  void the_size_of_the_answer_is_bounded_before_it_is_built() {
    String kilobytes64 = "x".repeat(64 << 10);
    String fits = "A=secret(X)\n".repeat(127);
    assertEquals(
        127 * (3 + kilobytes64.length()),
        open(fits, Dialect.PORTABLE, Map.of("X", kilobytes64)).length());
    for (String file :
        List.of(
            "A=secret(X)\n".repeat(128),
            "A=secret(X)\n".repeat(1000),
            "A=" + "secret(X)".repeat(1000))) {
      DotenvProblem problem = only(openProblems(file, Dialect.PORTABLE, Map.of("X", kilobytes64)));
      assertEquals("env-output-too-large", problem.code());
    }
    // Escapes count as well.
    String quotes = "'".repeat(64 << 10);
    assertEquals(
        Kind.OUTPUT_TOO_LARGE,
        only(openProblems("A=secret(X)\n".repeat(40), Dialect.POSIX, Map.of("X", quotes))).kind());
    String mebibyte = "\"".repeat(Limits.VALUE_BYTES_MAX);
    assertEquals(
        Kind.OUTPUT_TOO_LARGE,
        only(openProblems("A=secret(X|json|json|json)\n", Dialect.PORTABLE, Map.of("X", mebibyte)))
            .kind());
  }

  @Test
  void passwords_in_urls_are_warned_about() {
    String file =
        """
        A=postgres://u:secret(X)@h/db
        B=postgres://u:secret(X|urlencode)@h/db
        C=https://secret(H)/x?k=secret(X)
        D=redis://secret(U):secret(X)@h
        E=secret(X)
        """;
    try (EnvPlan plan = planned(task(file, EnvMode.OPEN, Dialect.PORTABLE, Map.of("SPARE", "v")))) {
      assertEquals(
          List.of("A 1:16 X", "D 4:21 X", "null null SPARE"),
          plan.warnings().stream()
              .map(w -> w.variable() + " " + w.place() + " " + w.secret())
              .toList());
    }
  }

  @Test
  void values_are_wiped_when_the_plan_is_closed() {
    EnvPlan plan = planned(task("A=enc(X:v)\n", EnvMode.SEAL, Dialect.PORTABLE, Map.of()));
    SecretValue value = created(plan, "X");
    plan.close();
    assertThrows(IllegalStateException.class, value::exposeCopy);
    RenderedFile file = assertInstanceOf(RenderedFile.class, plan.render(Map.of()));
    file.close();
    assertThrows(IllegalStateException.class, file::exposeCopy);
  }

  @Test
  void values_beside_the_file_stay_the_callers() {
    Map<SecretName, SecretValue> values = Env.secrets(Map.of("X", "v", "Y", "w"));
    Env.planned(new EnvTask("A=enc(X)\n", values, EnvMode.SEAL, Dialect.PORTABLE, false)).close();
    assertInstanceOf(
        EnvRefusal.class,
        Env.plan(
            new EnvTask("A=enc(X)\nB=enc(Z)\n", values, EnvMode.SEAL, Dialect.PORTABLE, false)));
    values.forEach((name, value) -> assertEquals(1, value.exposeCopy().length));
  }

  @Test
  void nothing_prints_a_value_or_the_text() {
    EnvTask task =
        task("A=enc(X:hunter2)\n", EnvMode.SEAL, Dialect.PORTABLE, Map.of("Y", "hunter2"));
    try (EnvPlan plan = planned(task)) {
      Rendering rendering = plan.render(Map.of());
      assertFalse((task + " " + plan + " " + rendering + plan.occurrences()).contains("hunter2"));
    }
  }

  @Test
  void a_host_that_forgets_a_value_is_told() {
    try (EnvPlan plan = planned(task("A=secret(X)\n", EnvMode.OPEN, Dialect.RAW, Map.of()))) {
      assertThrows(IllegalArgumentException.class, () -> plan.render(Map.of()));
    }
  }

  @Test
  void the_words_of_the_contract_are_found() {
    for (Dialect dialect : Dialect.values()) {
      assertEquals(dialect, Dialect.of(dialect.text()).orElseThrow());
    }
    for (EnvMode mode : EnvMode.values()) {
      assertEquals(mode, EnvMode.of(mode.text()).orElseThrow());
    }
    assertTrue(Dialect.of("POSIX").isEmpty());
    assertTrue(EnvMode.of("").isEmpty());
  }

  @Test
  void a_problem_is_a_violation_of_the_contract() {
    DotenvProblem problem = only(sealProblems("\nA=enc(X)\n", Map.of()));
    var violation = problem.violation();
    assertEquals("A", violation.field());
    assertEquals("env-value-missing", violation.code());
    assertEquals(2, violation.line());
    assertEquals(3, violation.column());
    problem = only(sealProblems("\0", Map.of()));
    assertEquals("content", problem.violation().field());
    assertNull(problem.variable());
  }

  private static SecretValue created(EnvPlan plan, String name) {
    SecretValue value = plan.creations().get(new SecretName(name));
    if (value == null) {
      throw new AssertionError("not created");
    }
    return value;
  }

  private static DotenvProblem only(List<DotenvProblem> problems) {
    assertEquals(1, problems.size(), problems::toString);
    return problems.get(0);
  }
}
