package io.quorumvault.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.FailureCode;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.testing.Gen;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PolicyTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final Namespace DEMO = new Namespace("demo");
  private static final Namespace OTHER = new Namespace("other");
  private static final SecretName APP_KEY = new SecretName("APP_KEY");
  private static final SecretName DB_KEY = new SecretName("DB_KEY");
  private static final Caller ANN = new Caller("ann", Set.of("ops"));
  private static final Caller BOB = new Caller("bob", Set.of());

  @Test
  void without_a_rule_everything_is_hidden() {
    Policy empty = policy();
    for (Capability capability : Capability.values()) {
      assertEquals(Decision.DENY_HIDDEN, empty.decide(ANN, capability, DEMO, APP_KEY, NOW));
      assertEquals(Decision.DENY_HIDDEN, empty.decide(ANN, capability, DEMO, null, NOW));
    }
  }

  @Test
  void a_rule_permits_what_it_names_and_makes_the_namespace_visible() {
    Policy policy = policy(rule().subjects("ann").may(Capability.READ));
    assertEquals(Decision.ALLOW, policy.decide(ANN, Capability.READ, DEMO, APP_KEY, NOW));
    assertEquals(
        Decision.DENY_FORBIDDEN, policy.decide(ANN, Capability.UPDATE, DEMO, APP_KEY, NOW));
    assertEquals(Decision.DENY_FORBIDDEN, policy.decide(ANN, Capability.LIST, DEMO, null, NOW));
    assertEquals(Decision.DENY_HIDDEN, policy.decide(ANN, Capability.READ, OTHER, APP_KEY, NOW));
    assertEquals(Decision.DENY_HIDDEN, policy.decide(BOB, Capability.READ, DEMO, APP_KEY, NOW));
  }

  @Test
  void an_explanation_says_of_each_rule_of_the_caller_what_is_missing() {
    Policy policy =
        policy(
            rule().subjects("bob").may(Capability.READ),
            rule().groups("ops").may(Capability.LIST),
            rule().subjects("ann").may(Capability.READ));

    List<Finding> findings = policy.explain(ANN, Capability.READ, DEMO, APP_KEY, NOW);

    assertEquals(List.of(2, 3), findings.stream().map(Finding::number).toList());
    assertEquals(Optional.of(Finding.Mismatch.CAPABILITY), findings.get(0).mismatch());
    assertEquals(Optional.empty(), findings.get(1).mismatch());
    assertEquals(
        List.of(Optional.of(Finding.Mismatch.NAMESPACE), Optional.of(Finding.Mismatch.NAMESPACE)),
        policy.explain(ANN, Capability.READ, OTHER, APP_KEY, NOW).stream()
            .map(Finding::mismatch)
            .toList());
  }

  @Test
  void a_group_permits_its_members_and_a_subject_is_no_group() {
    Policy policy = policy(rule().groups("ops").may(Capability.READ));
    assertEquals(Decision.ALLOW, policy.decide(ANN, Capability.READ, DEMO, APP_KEY, NOW));
    Caller namedLikeTheGroup = new Caller("ops", Set.of("ann"));
    assertEquals(
        Decision.DENY_HIDDEN,
        policy.decide(namedLikeTheGroup, Capability.READ, DEMO, APP_KEY, NOW));
  }

  @Test
  void a_prefix_limits_the_names_but_not_what_is_visible() {
    Policy policy = policy(rule().subjects("ann").prefix("APP_").may(Capability.READ));
    assertEquals(Decision.ALLOW, policy.decide(ANN, Capability.READ, DEMO, APP_KEY, NOW));
    assertEquals(Decision.DENY_FORBIDDEN, policy.decide(ANN, Capability.READ, DEMO, DB_KEY, NOW));
    SecretName otherCase = new SecretName("app_KEY");
    assertEquals(
        Decision.DENY_FORBIDDEN, policy.decide(ANN, Capability.READ, DEMO, otherCase, NOW));
    SecretName shorter = new SecretName("APP");
    assertEquals(Decision.DENY_FORBIDDEN, policy.decide(ANN, Capability.READ, DEMO, shorter, NOW));
  }

  @Test
  void capabilities_of_different_prefixes_do_not_mix() {
    Policy policy =
        policy(
            rule().subjects("ann").prefix("APP_").may(Capability.READ),
            rule().subjects("ann").prefix("DB_").may(Capability.DELETE));
    assertEquals(
        Decision.DENY_FORBIDDEN, policy.decide(ANN, Capability.DELETE, DEMO, APP_KEY, NOW));
    assertEquals(Decision.ALLOW, policy.decide(ANN, Capability.DELETE, DEMO, DB_KEY, NOW));
  }

  @Test
  void a_list_is_allowed_for_any_prefix_and_shows_only_permitted_names() {
    Policy policy = policy(rule().subjects("ann").prefix("APP_").may(Capability.LIST));
    assertEquals(Decision.ALLOW, policy.decide(ANN, Capability.LIST, DEMO, null, NOW));
    assertTrue(policy.mayList(ANN, DEMO, APP_KEY, NOW));
    assertFalse(policy.mayList(ANN, DEMO, DB_KEY, NOW));
    assertFalse(policy.mayList(ANN, OTHER, APP_KEY, NOW));
    assertFalse(policy.mayList(BOB, DEMO, APP_KEY, NOW));
  }

  @Test
  void a_star_covers_every_namespace() {
    Policy policy = policy(rule().subjects("ann").namespace("*").may(Capability.AUDIT));
    assertEquals(Decision.ALLOW, policy.decide(ANN, Capability.AUDIT, DEMO, null, NOW));
    assertEquals(Decision.ALLOW, policy.decide(ANN, Capability.AUDIT, OTHER, null, NOW));
    assertEquals(Decision.DENY_FORBIDDEN, policy.decide(ANN, Capability.READ, OTHER, null, NOW));
  }

  @Test
  void a_rule_applies_from_not_before_and_no_longer_at_not_after() {
    Instant later = NOW.plusSeconds(60);
    Policy policy = policy(rule().subjects("ann").between(NOW, later).may(Capability.READ));
    assertEquals(
        Decision.DENY_HIDDEN,
        policy.decide(ANN, Capability.READ, DEMO, APP_KEY, NOW.minusMillis(1)));
    assertEquals(Decision.ALLOW, policy.decide(ANN, Capability.READ, DEMO, APP_KEY, NOW));
    assertEquals(
        Decision.ALLOW, policy.decide(ANN, Capability.READ, DEMO, APP_KEY, later.minusNanos(1)));
    assertEquals(Decision.DENY_HIDDEN, policy.decide(ANN, Capability.READ, DEMO, APP_KEY, later));
  }

  @Test
  void decisions_agree_with_a_plain_reading_of_the_rules() {
    Gen.forAll(
        3_000,
        gen -> {
          List<PolicyRule> rules = new ArrayList<>();
          for (int i = gen.below(6); i > 0; i--) {
            rules.add(generated(gen));
          }
          Policy policy = Policy.of(Policy.VERSION, rules);
          Caller caller =
              new Caller(
                  gen.pick("ann", "bob", "cho"),
                  Set.copyOf(gen.some(gen.below(3), List.of("ops", "dev", "ann"))));
          Capability capability = gen.pick(Capability.values());
          Namespace namespace = gen.pick(DEMO, OTHER);
          @Nullable SecretName name =
              gen.oneIn(4) ? null : gen.pick(APP_KEY, DB_KEY, new SecretName("A"));
          Instant now = NOW.plusSeconds(gen.between(-2, 2));
          assertEquals(
              naive(rules, caller, capability, namespace, name, now),
              policy.decide(caller, capability, namespace, name, now));
          assertEquals(
              policy.decide(caller, capability, namespace, name, now) == Decision.ALLOW,
              policy.explain(caller, capability, namespace, name, now).stream()
                  .anyMatch(finding -> finding.mismatch().isEmpty()));
        });
  }

  @Test
  void the_digest_depends_on_what_the_rules_say_and_not_on_their_order() {
    PolicyRule read = rule().subjects("ann", "bob", "cho").may(Capability.READ, Capability.LIST);
    PolicyRule same = rule().subjects("cho", "bob", "ann").may(Capability.LIST, Capability.READ);
    PolicyRule audit = rule().groups("ops").between(NOW, null).may(Capability.AUDIT);
    assertEquals(policy(read, audit).digest(), policy(audit, same, read).digest());
    assertEquals(32, policy().digest().length());
    List<Policy> different =
        List.of(
            policy(),
            policy(read),
            policy(read, audit),
            policy(audit),
            policy(rule().subjects("ops").between(NOW, null).may(Capability.AUDIT)),
            policy(rule().groups("ops").between(null, NOW).may(Capability.AUDIT)),
            policy(rule().groups("ops").may(Capability.AUDIT)),
            policy(rule().groups("ops").prefix("A").may(Capability.AUDIT)),
            policy(rule().groups("ops").namespace("*").may(Capability.AUDIT)),
            policy(rule().groups("ops").may(Capability.LIST)));
    assertEquals(
        different.size(),
        different.stream().map(Policy::digest).collect(Collectors.toSet()).size());
    assertNotEquals(policy(read).digest(), policy(audit).digest());
  }

  @Test
  void a_decision_knows_the_failure_that_answers_it() {
    assertEquals(Optional.empty(), Decision.ALLOW.failure());
    assertEquals(Optional.of(FailureCode.NAMESPACE_NOT_FOUND), Decision.DENY_HIDDEN.failure());
    assertEquals(Optional.of(FailureCode.FORBIDDEN), Decision.DENY_FORBIDDEN.failure());
  }

  @Test
  void members_that_could_only_be_a_mistake_are_refused_by_name() {
    assertRefused("subjects", () -> rule().may(Capability.READ));
    assertRefused("subjects", () -> rule().subjects("").may(Capability.READ));
    assertRefused("subjects", () -> rule().subjects("*").may(Capability.READ));
    assertRefused("subjects", () -> rule().subjects("a\nb").may(Capability.READ));
    assertRefused("subjects", () -> rule().subjects("x".repeat(256)).may(Capability.READ));
    assertRefused("groups", () -> rule().groups("dev-*").may(Capability.READ));
    assertRefused("namespace", () -> rule().subjects("a").namespace("De_mo").may(Capability.READ));
    assertRefused("namespace", () -> rule().subjects("a").namespace("demo*").may(Capability.READ));
    assertRefused("namespace", () -> rule().subjects("a").namespace("").may(Capability.READ));
    assertRefused("prefix", () -> rule().subjects("a").prefix("app/*").may(Capability.READ));
    assertRefused("prefix", () -> rule().subjects("a").prefix("-a").may(Capability.READ));
    assertRefused("capabilities", () -> rule().subjects("a").may());
    assertRefused("notAfter", () -> rule().subjects("a").between(NOW, NOW).may(Capability.READ));
    assertRefused(
        "notBefore",
        () -> rule().subjects("a").between(NOW.plusNanos(1), null).may(Capability.READ));
    assertRefused("version", () -> Policy.of(2, List.of()));
    PolicyRule rule = rule().subjects("a").may(Capability.READ);
    assertRefused("rules", () -> Policy.of(1, Collections.nCopies(Policy.RULES_MAX + 1, rule)));
  }

  @Test
  void a_caller_has_a_subject_that_cannot_forge_a_line_of_a_log() {
    assertRefused("subject", () -> new Caller("", Set.of()));
    assertRefused("subject", () -> new Caller("a\r\nALLOW", Set.of()));
    assertRefused("subject", () -> new Caller("a\u2028b", Set.of()));
    assertRefused("subject", () -> new Caller("a\u202eb", Set.of()));
    assertRefused("subject", () -> new Caller("a\uD800", Set.of()));
    assertRefused("subject", () -> new Caller("x".repeat(256), Set.of()));
    assertRefused("groups", () -> new Caller("a", Set.of("b\0")));
    Set<String> many =
        IntStream.rangeClosed(0, Caller.GROUPS_MAX)
            .mapToObj(i -> "g" + i)
            .collect(Collectors.toSet());
    assertRefused("groups", () -> new Caller("a", many));
    assertEquals("Zoë 水 @example.org", new Caller("Zoë 水 @example.org", Set.of()).subject());
  }

  @Test
  void the_words_of_capabilities_are_those_of_the_contract() {
    assertEquals(
        List.of("create", "read", "update", "delete", "list", "history", "env", "audit"),
        EnumSet.allOf(Capability.class).stream().map(Capability::text).toList());
    for (Capability capability : Capability.values()) {
      assertEquals(Optional.of(capability), Capability.ofText(capability.text()));
    }
    assertEquals(Optional.empty(), Capability.ofText("READ"));
    assertEquals(Optional.empty(), Capability.ofText("*"));
  }

  private static Decision naive(
      List<PolicyRule> rules,
      Caller caller,
      Capability capability,
      Namespace namespace,
      @Nullable SecretName name,
      Instant now) {
    Decision decision = Decision.DENY_HIDDEN;
    for (PolicyRule rule : rules) {
      boolean names =
          rule.subjects().contains(caller.subject())
              || !Collections.disjoint(rule.groups(), caller.groups());
      boolean here = Set.of("*", namespace.text()).contains(rule.namespace());
      Instant from = rule.notBefore();
      Instant until = rule.notAfter();
      boolean inTime =
          (from == null || now.compareTo(from) >= 0) && (until == null || now.compareTo(until) < 0);
      if (names && here && inTime) {
        if (rule.capabilities().contains(capability)
            && (name == null || name.text().startsWith(rule.prefix()))) {
          return Decision.ALLOW;
        }
        decision = Decision.DENY_FORBIDDEN;
      }
    }
    return decision;
  }

  private static PolicyRule generated(Gen gen) {
    List<String> subjects = gen.some(gen.below(3), List.of("ann", "bob"));
    List<String> groups = gen.some(subjects.isEmpty() ? 1 : gen.below(2), List.of("ops", "dev"));
    return new PolicyRule(
        Set.copyOf(subjects),
        Set.copyOf(groups),
        gen.pick("demo", "other", "*"),
        gen.pick("", "A", "APP_", "DB_KEY"),
        Set.copyOf(gen.some(gen.between(1, 3), List.of(Capability.values()))),
        gen.oneIn(2) ? null : NOW.plusSeconds(gen.between(-2, 0)),
        gen.oneIn(2) ? null : NOW.plusSeconds(gen.between(1, 2)));
  }

  private static void assertRefused(String member, Runnable making) {
    IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, making::run);
    assertTrue(String.valueOf(refusal.getMessage()).startsWith(member), refusal::toString);
  }

  private static Policy policy(PolicyRule... rules) {
    return Policy.of(Policy.VERSION, List.of(rules));
  }

  private static RuleBuilder rule() {
    return new RuleBuilder();
  }

  /// A rule about `demo`, all names, for ever, as far as not said otherwise.
  private static final class RuleBuilder {
    private Set<String> subjects = Set.of();
    private Set<String> groups = Set.of();
    private String namespace = "demo";
    private String prefix = "";
    private @Nullable Instant notBefore;
    private @Nullable Instant notAfter;

    RuleBuilder subjects(String... names) {
      subjects = Set.of(names);
      return this;
    }

    RuleBuilder groups(String... names) {
      groups = Set.of(names);
      return this;
    }

    RuleBuilder namespace(String text) {
      namespace = text;
      return this;
    }

    RuleBuilder prefix(String text) {
      prefix = text;
      return this;
    }

    RuleBuilder between(@Nullable Instant from, @Nullable Instant until) {
      notBefore = from;
      notAfter = until;
      return this;
    }

    PolicyRule may(Capability... capabilities) {
      return new PolicyRule(
          subjects, groups, namespace, prefix, Set.of(capabilities), notBefore, notAfter);
    }
  }
}
