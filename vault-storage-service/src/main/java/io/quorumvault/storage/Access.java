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
import java.util.function.Function;
import java.util.stream.Stream;
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

  /// What a node makes of a request that another one sends for a caller.
  sealed interface Verdict {
    /// It may do it.
    record Permitted() implements Verdict {}

    /// There is no good token.
    record Unauthenticated() implements Verdict {}

    /// The policy says no.
    ///
    /// @param name null for the namespace as a whole
    record Denied(
        Caller caller, Capability capability, Namespace namespace, @Nullable SecretName name)
        implements Verdict {}
  }

  private static final Verdict PERMITTED = new Verdict.Permitted();

  /// Whether this node may do for the token's owner what another node asks. What needs no token is
  /// settled between the nodes' certificates: it neither stages nor gives out a share. What a node
  /// contributes to another's lost share is masked, and comes to nothing but the share of whoever
  /// asks.
  Verdict judge(@Nullable String token, Request request) {
    return switch (request) {
      case Request.Prepare prepare ->
          of(
              token,
              caller ->
                  first(
                      prepare.stagings().stream()
                          .map(Request.Staging::part)
                          .map(part -> allowed(caller, capability(part), part.id()))));
      case Request.ReadHeads read ->
          of(
              token,
              caller ->
                  first(
                      read.ids().stream()
                          .map(id ->
                              read.withShares()
                                  ? allowed(caller, Capability.READ, id)
                                  : knowsOf(caller, id))));
      case Request.ReadShare read ->
          of(token, caller -> allowed(caller, Capability.READ, read.id()));
      case Request.ReadChain read -> of(token, caller -> knowsOf(caller, read.id()));
      case Request.ListHeads list ->
          of(token, caller -> decided(caller, Capability.LIST, list.namespace(), null));
      case Request.Decide _,
          Request.Takeover _,
          Request.Settle _,
          Request.Repair _,
          Request.Convene _,
          Request.HandSeed _,
          Request.Contribute _,
          Request.Hello _,
          Request.Join _,
          Request.JoinPage _,
          Request.ReadSettled _,
          Request.Forget _ ->
          PERMITTED;
    };
  }

  private Verdict of(@Nullable String token, Function<Caller, Verdict> question) {
    Caller caller;
    try {
      caller = authenticate(token);
    } catch (VaultFailure unauthenticated) {
      return new Verdict.Unauthenticated();
    }
    return question.apply(caller);
  }

  private static Verdict first(Stream<Verdict> verdicts) {
    return verdicts
        .filter(verdict -> !(verdict instanceof Verdict.Permitted))
        .findFirst()
        .orElse(PERMITTED);
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

  private Verdict knowsOf(Caller caller, SecretId id) {
    return concerns(caller, id)
        ? PERMITTED
        : new Verdict.Denied(caller, Capability.READ, id.namespace(), id.name());
  }

  private Verdict allowed(Caller caller, Capability capability, SecretId id) {
    return decided(caller, capability, id.namespace(), id.name());
  }

  private Verdict decided(
      Caller caller, Capability capability, Namespace namespace, @Nullable SecretName name) {
    return policy.policy().decide(caller, capability, namespace, name, clock.instant())
            == Decision.ALLOW
        ? PERMITTED
        : new Verdict.Denied(caller, capability, namespace, name);
  }
}
