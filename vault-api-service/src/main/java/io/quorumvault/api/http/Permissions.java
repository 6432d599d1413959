package io.quorumvault.api.http;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.kit.PolicyFile;
import io.quorumvault.policy.Caller;
import io.quorumvault.policy.Capability;
import io.quorumvault.policy.Decision;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// The policy, asked before anything is looked up. Nodes ask it again and have the last word; here
/// it keeps what is forbidden away from them.
@ApplicationScoped
class Permissions {
  private final PolicyFile policy;
  private final InstantSource clock = InstantSource.system();

  @Inject
  Permissions(PolicyFile policy) {
    this.policy = policy;
  }

  /// @param name null for what concerns the namespace as a whole, or is not known yet
  /// @throws VaultFailure `namespace-not-found` if the caller has no capability in the namespace at
  ///   all, whether there is one or not; `forbidden` if they lack this one
  void check(Caller caller, Capability capability, Namespace namespace, @Nullable SecretName name) {
    policy
        .policy()
        .decide(caller, capability, namespace, name, clock.instant())
        .failure()
        .ifPresent(code -> {
          throw VaultFailure.of(code, detail(code, capability));
        });
  }

  /// Whether the caller may do this with the secret.
  boolean allow(Caller caller, Capability capability, Namespace namespace, SecretName name) {
    return policy.policy().decide(caller, capability, namespace, name, clock.instant())
        == Decision.ALLOW;
  }

  private static String detail(FailureCode code, Capability capability) {
    return code == FailureCode.FORBIDDEN
        ? "The policy does not allow you to " + capability.text() + " here."
        : "There is no namespace of this name for you.";
  }
}
