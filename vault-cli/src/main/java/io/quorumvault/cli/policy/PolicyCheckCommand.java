package io.quorumvault.cli.policy;

import io.quorumvault.cli.ClusterFile;
import io.quorumvault.cli.CommandFailure;
import io.quorumvault.cli.ExitCode;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.cli.OutputFormat;
import io.quorumvault.cli.Surroundings;
import io.quorumvault.kit.PolicyFile;
import io.quorumvault.policy.Caller;
import io.quorumvault.policy.Capability;
import io.quorumvault.policy.Decision;
import io.quorumvault.policy.Finding;
import io.quorumvault.policy.Policy;
import io.quorumvault.policy.PolicyRule;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Decides as the nodes do, and says why. Reads the file with the nodes' own reader, so a file that
/// passes here is one that they take.
@Command(
    name = "check",
    description = {
      "Says whether a policy lets a caller do something, and which rules that is up to.",
      "",
      "Ends with 0 if it does and with 4 if not. Without NAME it is about the namespace as a whole,"
          + " as for a list.",
      "",
      "  qv policy check --subject ci read demo db-password"
    })
public final class PolicyCheckCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "The policy (default: policy.json of the nearest dev cluster).")
  private @Nullable Path file;

  @Option(
      names = "--subject",
      required = true,
      paramLabel = "NAME",
      description = "Who asks, as the token's subject says.")
  private String subject = "";

  @Option(
      names = "--groups",
      paramLabel = "GROUP",
      split = ",",
      description = "The groups they are in, separated by commas (default: none).")
  private List<String> groups = List.of();

  @Option(
      names = "--at",
      paramLabel = "INSTANT",
      description = "When they ask, e.g. 2026-11-20T18:00:00Z (default: now).")
  private @Nullable String at;

  @Parameters(
      index = "0",
      paramLabel = "CAPABILITY",
      description = "create, read, update, delete, list, history, env or audit.")
  private String capability = "";

  @Parameters(index = "1", paramLabel = "NAMESPACE", description = "The namespace.")
  private String namespace = "";

  @Parameters(index = "2", arity = "0..1", paramLabel = "NAME", description = "The secret.")
  private @Nullable String name;

  @Mixin private final OutputFormat format = new OutputFormat();

  public PolicyCheckCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /// What is asked, in the terms of the policy.
  private record Question(
      Caller caller,
      Capability capability,
      Namespace namespace,
      @Nullable SecretName name,
      Instant at) {
    Decision answeredBy(Policy policy) {
      return policy.decide(caller, capability, namespace, name, at);
    }

    List<Finding> explainedBy(Policy policy) {
      return policy.explain(caller, capability, namespace, name, at);
    }
  }

  @Override
  public Integer call() throws IOException {
    Policy policy = policy();
    Question question = question();
    Decision decision = question.answeredBy(policy);
    List<Finding> findings = question.explainedBy(policy);
    if (format.isJson()) {
      print(decision, findings);
    } else {
      tell(decision, findings);
    }
    return (decision == Decision.ALLOW ? ExitCode.OK : ExitCode.REFUSED).number();
  }

  private void print(Decision decision, List<Finding> findings) {
    OutputFormat.print(
        surroundings,
        JsonObject.builder()
            .with("allowed", decision == Decision.ALLOW)
            .with("verdict", verdict(decision))
            .with(
                "rules",
                findings.stream()
                    .map(finding ->
                        JsonObject.builder()
                            .with("rule", finding.number())
                            .with("permits", finding.mismatch().isEmpty())
                            .with("reason", said(finding))
                            .build())
                    .toList())
            .build());
  }

  private void tell(Decision decision, List<Finding> findings) {
    surroundings.terminal().print(verdict(decision));
    for (Finding finding : findings) {
      surroundings.terminal().print("  rule " + finding.number() + " " + said(finding));
    }
    if (findings.isEmpty()) {
      surroundings.terminal().print("  no rule names this caller");
    }
  }

  private Policy policy() throws IOException {
    Path path =
        file == null
            ? ClusterFile.nearestDirectory(surroundings)
                .map(directory -> directory.resolve("policy.json"))
                .orElseThrow(() ->
                    CommandFailure.usage(
                        "There is no dev cluster here.", "Name the policy with --policy."))
            : surroundings.resolve(file);
    try {
      if (Files.size(path) > PolicyFile.FILE_BYTES_MAX) {
        throw new IllegalArgumentException(
            "policy (expected: at most " + PolicyFile.FILE_BYTES_MAX + " bytes)");
      }
      return PolicyFile.parse(Files.readAllBytes(path));
    } catch (NoSuchFileException missing) {
      throw CommandFailure.usage(
          "There is no file " + path + ".", "Name the policy with --policy.");
    } catch (IllegalArgumentException malformed) {
      throw CommandFailure.of(
          ExitCode.REFUSED,
          path + " is not a policy: " + malformed.getMessage(),
          "The nodes would refuse it, too, and go on with the one they have.");
    }
  }

  private Question question() {
    try {
      return new Question(
          new Caller(subject, Set.copyOf(groups)),
          Capability.ofText(capability)
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "capability (expected: one of " + words(Set.of(Capability.values())) + ")")),
          new Namespace(namespace),
          name == null ? null : new SecretName(name),
          at == null ? surroundings.clock().instant() : Instant.parse(at));
    } catch (DateTimeException notATime) {
      throw CommandFailure.usage(
          "--at (expected: a time such as 2026-11-20T18:00:00Z)", "See qv policy check --help.");
    } catch (IllegalArgumentException malformed) {
      throw CommandFailure.usage(
          String.valueOf(malformed.getMessage()), "See qv policy check --help.");
    }
  }

  private static String verdict(Decision decision) {
    return switch (decision) {
      case ALLOW -> "allowed";
      case DENY_FORBIDDEN -> "denied: 403 forbidden";
      case DENY_HIDDEN ->
          "denied: 404 namespace-not-found, for the caller has no capability in the namespace";
    };
  }

  private static String said(Finding finding) {
    PolicyRule rule = finding.rule();
    if (finding.mismatch().isEmpty()) {
      return "permits it";
    }
    return switch (finding.mismatch().get()) {
      case NAMESPACE -> "is about the namespace " + rule.namespace();
      case NOT_YET -> "applies from " + rule.notBefore() + " on";
      case NO_LONGER -> "applied until " + rule.notAfter();
      case CAPABILITY -> "gives only " + words(rule.capabilities());
      case NAME -> "covers only names that begin with " + rule.prefix();
    };
  }

  private static String words(Set<Capability> capabilities) {
    return Stream.of(Capability.values())
        .filter(capabilities::contains)
        .map(Capability::text)
        .collect(Collectors.joining(", "));
  }
}
