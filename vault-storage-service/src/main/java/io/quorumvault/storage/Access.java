package io.quorumvault.storage;

import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.kit.PolicyFile;
import io.quorumvault.kit.TokenVerifier;
import io.quorumvault.policy.Caller;
import io.quorumvault.policy.Capability;
import io.quorumvault.policy.Decision;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretName;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who may do what on this node. Every node decides for itself, by the caller's own token and its
/// own copy of the policy: neither a stolen API server nor one broken-into node can make the others
/// give out a share.
public final class Access {
  /// Any of these makes it the caller's business how a name stands, values aside.
  private static final List<Capability> KNOWS_OF =
      List.of(
          Capability.CREATE,
          Capability.READ,
          Capability.UPDATE,
          Capability.DELETE,
          Capability.HISTORY,
          Capability.LIST,
          Capability.ENV);

  private final TokenVerifier tokens;
  private final PolicyFile policy;
  private final Clock clock;

  public Access(TokenVerifier tokens, PolicyFile policy, Clock clock) {
    this.tokens = tokens;
    this.policy = policy;
    this.clock = clock;
  }

  /// The caller a token speaks for.
  ///
  /// @throws VaultFailure `UNAUTHENTICATED`
  Caller authenticate(@Nullable String token) {
    if (token == null) {
      throw VaultFailure.of(FailureCode.UNAUTHENTICATED, "A bearer token is needed.");
    }
    return tokens.verify(token);
  }

  /// @throws VaultFailure `FORBIDDEN`, or `NAMESPACE_NOT_FOUND` where the caller may not even know
  ///   of the namespace
  void require(
      Caller caller, Capability capability, Namespace namespace, @Nullable SecretName name) {
    switch (policy.policy().decide(caller, capability, namespace, name, clock.instant())) {
      case ALLOW -> {}
      case DENY_FORBIDDEN ->
          throw VaultFailure.of(
              FailureCode.FORBIDDEN, "The policy does not give you this capability here.");
      case DENY_HIDDEN ->
          throw VaultFailure.of(
              FailureCode.NAMESPACE_NOT_FOUND, "There is no such namespace for you.");
    }
  }

  /// @throws VaultFailure like `require`, unless the caller may do anything at all with the name,
  ///   so that it is their business whether it exists
  void requireConcern(Caller caller, SecretId id) {
    if (!concerns(caller, id)) {
      require(caller, Capability.READ, id.namespace(), id.name());
    }
  }

  private boolean concerns(Caller caller, SecretId id) {
    return KNOWS_OF.stream()
        .anyMatch(capability ->
            policy.policy().decide(caller, capability, id.namespace(), id.name(), clock.instant())
                == Decision.ALLOW);
  }

  boolean mayList(Caller caller, SecretId id) {
    return policy.policy().mayList(caller, id.namespace(), id.name(), clock.instant());
  }

  /// Whether this node may do for the token's owner what another node asks. What needs no token is
  /// settled between the nodes' certificates: it neither stages nor gives out a share. What a node
  /// contributes to another's lost share is masked, and comes to nothing but the share of whoever
  /// asks.
  public boolean permits(@Nullable String token, Request request) {
    return switch (request) {
      case Request.Prepare prepare ->
          prepare.stagings().stream()
              .map(Request.Staging::part)
              .allMatch(part -> allowed(token, capability(part), part.id()));
      case Request.ReadHeads read ->
          read.ids().stream()
              .allMatch(id -> read.withShares() ? mayRead(token, id) : knowsOf(token, id));
      case Request.ReadShare read -> mayRead(token, read.id());
      case Request.ReadChain read -> knowsOf(token, read.id());
      case Request.ListHeads list -> allowedIn(token, list.namespace());
      case Request.Decide decide -> true;
      case Request.Takeover takeover -> true;
      case Request.Settle settle -> true;
      case Request.Repair repair -> true;
      case Request.Convene convene -> true;
      case Request.HandSeed hand -> true;
      case Request.Contribute contribute -> true;
      case Request.Hello hello -> true;
      case Request.Join join -> true;
      case Request.JoinPage page -> true;
      case Request.ReadSettled read -> true;
      case Request.Forget forget -> true;
    };
  }

  static Capability capability(WriteKind kind) {
    return switch (kind) {
      case CREATE -> Capability.CREATE;
      case UPDATE -> Capability.UPDATE;
      case DELETE -> Capability.DELETE;
    };
  }

  private static Capability capability(Part part) {
    if (part.entry().kind() == Entry.Kind.TOMBSTONE) {
      return Capability.DELETE;
    }
    return part.entry().version() == 1 ? Capability.CREATE : Capability.UPDATE;
  }

  private boolean mayRead(@Nullable String token, SecretId id) {
    return allowed(token, Capability.READ, id);
  }

  private boolean knowsOf(@Nullable String token, SecretId id) {
    try {
      return concerns(authenticate(token), id);
    } catch (VaultFailure unauthenticated) {
      return false;
    }
  }

  private boolean allowed(@Nullable String token, Capability capability, SecretId id) {
    try {
      return policy
              .policy()
              .decide(authenticate(token), capability, id.namespace(), id.name(), clock.instant())
          == Decision.ALLOW;
    } catch (VaultFailure unauthenticated) {
      return false;
    }
  }

  private boolean allowedIn(@Nullable String token, Namespace namespace) {
    try {
      return policy
              .policy()
              .decide(authenticate(token), Capability.LIST, namespace, null, clock.instant())
          == Decision.ALLOW;
    } catch (VaultFailure unauthenticated) {
      return false;
    }
  }
}
