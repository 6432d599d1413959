package io.quorumvault.api.http;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.api.Denials;
import io.quorumvault.kit.PolicyFile;
import io.quorumvault.policy.Caller;
import io.quorumvault.policy.Capability;
import io.quorumvault.policy.Decision;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.wire.DenialCall;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The policy, asked before anything is looked up. Nodes ask it again and have the last word; here
/// it keeps what is forbidden away from them. What is denied here is told them for the audit log.
@ApplicationScoped
class Permissions {
  private final PolicyFile policy;
  private final Denials denials;
  private final InstantSource clock = InstantSource.system();

  @Inject
  Permissions(PolicyFile policy, Denials denials) {
    this.policy = policy;
    this.denials = denials;
  }

  /// @param name null for what concerns the namespace as a whole, or is not known yet
  /// @throws VaultFailure `namespace-not-found` if the caller has no capability in the namespace at
  ///   all, whether there is one or not; `forbidden` if they lack this one
  void check(Asking asking, Capability capability, Namespace namespace, @Nullable SecretName name) {
    policy
        .policy()
        .decide(asking.caller(), capability, namespace, name, clock.instant())
        .failure()
        .ifPresent(code -> {
          denials.tell(asking.errand(), namespace, List.of(Denials.item(capability, name)), code);
          throw VaultFailure.of(code, detail(code, capability));
        });
  }

  /// Whether the caller may do this with the secret.
  boolean allow(Caller caller, Capability capability, Namespace namespace, SecretName name) {
    return policy.policy().decide(caller, capability, namespace, name, clock.instant())
        == Decision.ALLOW;
  }

  /// What `allow` did not, and the caller is told so.
  void denied(Asking asking, Namespace namespace, List<DenialCall.Item> items) {
    denials.tell(asking.errand(), namespace, items, FailureCode.FORBIDDEN);
  }

  private static String detail(FailureCode code, Capability capability) {
    return code == FailureCode.FORBIDDEN
        ? "The policy does not allow you to " + capability.text() + " here."
        : "There is no namespace of this name for you.";
  }
}
