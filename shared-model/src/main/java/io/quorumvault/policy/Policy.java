package io.quorumvault.policy;

import io.quorumvault.Bytes;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.wire.RecordCodec;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// All rules together. What no rule permits is denied; rules only permit, so their order says
/// nothing. Immutable, and safe for use by several threads.
///
/// The time of a decision is the caller's to give: every node decides with its own clock.
public final class Policy {
  /// The version of the document these rules are written in.
  public static final int VERSION = 1;

  /// Most rules of a policy. A decision looks only at those that name the caller.
  public static final int RULES_MAX = 10_000;

  private final List<PolicyRule> rules;
  private final Map<String, List<PolicyRule>> bySubject = new HashMap<>();
  private final Map<String, List<PolicyRule>> byGroup = new HashMap<>();
  private final Bytes digest;

  private Policy(List<PolicyRule> rules) {
    this.rules = List.copyOf(rules);
    for (PolicyRule rule : this.rules) {
      rule.subjects().forEach(subject -> add(bySubject, subject, rule));
      rule.groups().forEach(group -> add(byGroup, group, rule));
    }
    this.digest = digestOf(this.rules);
  }

  /// @param version of the document, `VERSION`
  /// @throws IllegalArgumentException for another version, or more than `RULES_MAX` rules
  public static Policy of(int version, List<PolicyRule> rules) {
    if (version != VERSION) {
      throw new IllegalArgumentException("version: " + version + " (expected: " + VERSION + ")");
    }
    if (rules.size() > RULES_MAX) {
      throw new IllegalArgumentException(
          "rules: " + rules.size() + " (expected: at most " + RULES_MAX + ")");
    }
    return new Policy(rules);
  }

  public List<PolicyRule> rules() {
    return rules;
  }

  /// Whether `caller` may do this at `now`.
  ///
  /// @param name the secret it is about; null for a request about the namespace as a whole, which
  ///   is allowed if the capability is held for any prefix. A list so allowed shows only what
  ///   `mayList` permits.
  public Decision decide(
      Caller caller,
      Capability capability,
      Namespace namespace,
      @Nullable SecretName name,
      Instant now) {
    boolean visible = false;
    for (PolicyRule rule : (Iterable<PolicyRule>) applying(caller, namespace, now)::iterator) {
      visible = true;
      if (rule.capabilities().contains(capability) && (name == null || rule.covers(name))) {
        return Decision.ALLOW;
      }
    }
    return visible ? Decision.DENY_FORBIDDEN : Decision.DENY_HIDDEN;
  }

  /// What each rule that names the caller says to this, in the order of the document. The decision
  /// is `ALLOW` exactly if one of them permits it.
  public List<Finding> explain(
      Caller caller,
      Capability capability,
      Namespace namespace,
      @Nullable SecretName name,
      Instant now) {
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      PolicyRule rule = rules.get(i);
      if (rule.names(caller)) {
        findings.add(new Finding(i + 1, rule, rule.against(capability, namespace, name, now)));
      }
    }
    return findings;
  }

  /// Whether `name` may appear in a list of the namespace.
  public boolean mayList(Caller caller, Namespace namespace, SecretName name, Instant now) {
    return decide(caller, Capability.LIST, namespace, name, now) == Decision.ALLOW;
  }

  /// SHA-256 of the rules in a canonical form: the same for two documents with the same rules, in
  /// whatever order and however written. Nodes compare it to find out that one has another policy.
  public Bytes digest() {
    return digest;
  }

  private Stream<PolicyRule> applying(Caller caller, Namespace namespace, Instant now) {
    return Stream.concat(
            named(bySubject, caller.subject()),
            caller.groups().stream().flatMap(group -> named(byGroup, group)))
        .filter(rule -> rule.covers(namespace) && rule.appliesAt(now));
  }

  private static Stream<PolicyRule> named(Map<String, List<PolicyRule>> index, String key) {
    return index.getOrDefault(key, List.of()).stream();
  }

  private static void add(Map<String, List<PolicyRule>> index, String key, PolicyRule rule) {
    index.computeIfAbsent(key, _ -> new ArrayList<>()).add(rule);
  }

  private static Bytes digestOf(List<PolicyRule> rules) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      // Each form says itself where it ends, so a sequence of them is no other sequence.
      sha256.update((byte) VERSION);
      rules.stream()
          .distinct()
          .map(rule -> RecordCodec.encode(CanonicalRule.of(rule)))
          .sorted(Arrays::compareUnsigned)
          .forEach(sha256::update);
      return Bytes.copyOf(sha256.digest());
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("a JDK always has SHA-256", missing);
    }
  }

  private record CanonicalRule(
      List<String> subjects,
      List<String> groups,
      String namespace,
      String prefix,
      List<String> capabilities,
      @Nullable Instant notBefore,
      @Nullable Instant notAfter) {
    static CanonicalRule of(PolicyRule rule) {
      return new CanonicalRule(
          sorted(rule.subjects()),
          sorted(rule.groups()),
          rule.namespace(),
          rule.prefix(),
          rule.capabilities().stream().map(Capability::text).sorted().toList(),
          rule.notBefore(),
          rule.notAfter());
    }

    private static List<String> sorted(Set<String> names) {
      return names.stream().sorted().toList();
    }
  }
}
