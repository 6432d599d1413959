package io.quorumvault.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.quorumvault.fuzz.FuzzInput;
import io.quorumvault.policy.Caller;
import io.quorumvault.policy.Capability;
import io.quorumvault.policy.Decision;
import io.quorumvault.policy.Policy;
import io.quorumvault.policy.PolicyRule;
import io.quorumvault.secret.Namespace;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;

/// Any bytes as a policy file.
class PolicyFileFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

  @FuzzTest
  void a_policy_is_refused_with_a_place_or_is_the_rules_it_says(byte[] bytes) {
    FuzzInput input = new FuzzInput(bytes);
    Policy policy;
    try {
      policy = PolicyFile.parse(input.restWithCanary());
    } catch (IllegalArgumentException refused) {
      FuzzInput.assertEchoesNothing(String.valueOf(refused.getMessage()));
      assertTrue(String.valueOf(refused.getMessage()).contains("expected"), refused::toString);
      return;
    }
    Policy again = PolicyFile.parse(written(policy));
    assertEquals(Set.copyOf(policy.rules()), Set.copyOf(again.rules()));
    assertEquals(policy.digest(), again.digest());
    // Nobody whom no rule names may do anything, whatever the rules are.
    Caller stranger = new Caller("a stranger to all rules", Set.of());
    if (policy.rules().stream().noneMatch(rule -> rule.subjects().contains(stranger.subject()))) {
      for (Capability capability : Capability.values()) {
        assertEquals(
            Decision.DENY_HIDDEN,
            policy.decide(stranger, capability, new Namespace("demo"), null, NOW));
      }
    }
  }

  private static byte[] written(Policy policy) {
    JsonArrayBuilder rules = Json.createArrayBuilder();
    for (PolicyRule rule : policy.rules()) {
      JsonObjectBuilder one =
          Json.createObjectBuilder()
              .add("subjects", texts(rule.subjects()))
              .add("groups", texts(rule.groups()))
              .add("namespace", rule.namespace())
              .add("prefix", rule.prefix())
              .add(
                  "capabilities",
                  texts(rule.capabilities().stream().map(Capability::text).toList()));
      if (rule.notBefore() != null) {
        one.add("notBefore", rule.notBefore().toString());
      }
      if (rule.notAfter() != null) {
        one.add("notAfter", rule.notAfter().toString());
      }
      rules.add(one);
    }
    return Json.createObjectBuilder()
        .add("version", Policy.VERSION)
        .add("rules", rules)
        .build()
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  private static JsonArrayBuilder texts(Collection<String> texts) {
    JsonArrayBuilder array = Json.createArrayBuilder();
    texts.forEach(array::add);
    return array;
  }
}
