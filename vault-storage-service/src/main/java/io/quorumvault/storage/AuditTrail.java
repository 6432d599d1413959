package io.quorumvault.storage;

import io.quorumvault.FailureCode;
import io.quorumvault.Phase;
import io.quorumvault.VaultFailure;
import io.quorumvault.audit.AuditDecision;
import io.quorumvault.audit.AuditEvent;
import io.quorumvault.audit.AuditOutcome;
import io.quorumvault.policy.Caller;
import io.quorumvault.policy.Capability;
import io.quorumvault.protocol.Request;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretName;
import io.quorumvault.storage.audit.AuditLog;
import io.quorumvault.wire.AuditAnswer;
import io.quorumvault.wire.AuditCall;
import io.quorumvault.wire.DenialAnswer;
import io.quorumvault.wire.DenialCall;
import io.quorumvault.wire.ReadAnswer;
import io.quorumvault.wire.ReadCall;
import io.quorumvault.wire.ReceiptCall;
import io.quorumvault.wire.VersionView;
import io.quorumvault.wire.WriteAnswer;
import io.quorumvault.wire.WriteCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// What of callers' requests is recorded, and when: the decision before the effect, and exactly one
/// record for each value in an answer. Who has no good token is counted, not recorded: it could be
/// anybody, as often as they like. Safe for use by any number of threads.
public final class AuditTrail {
  private final AuditLog log;
  private final Access access;
  private final LongAdder unauthenticated = new LongAdder();

  AuditTrail(AuditLog log, Access access) {
    this.log = log;
    this.access = access;
  }

  /// Requests without a good token since the process started.
  public long unauthenticated() {
    return unauthenticated.sum();
  }

  /// Begins the record of one request.
  ///
  /// @param deadlineMillis how long the request may take
  /// @throws VaultFailure `UNAUTHENTICATED`
  Inquiry enter(Errand errand, Namespace namespace, long deadlineMillis) {
    return new Inquiry(errand, authenticated(errand.token()), namespace, deadlineMillis);
  }

  private Caller authenticated(@Nullable String token) {
    try {
      return access.authenticate(token);
    } catch (VaultFailure refused) {
      unauthenticated.increment();
      throw refused;
    }
  }

  /// Whether this node may do for the token's owner what another node asks. A denial is recorded in
  /// passing: it has no effect that would have to wait.
  ///
  /// @param requestId of the caller's request, as the other node tells it
  public boolean permits(@Nullable String token, Request request, String requestId) {
    return switch (access.judge(token, request)) {
      case Access.Verdict.Permitted _ -> true;
      case Access.Verdict.Unauthenticated _ -> {
        unauthenticated.increment();
        yield false;
      }
      case Access.Verdict.Denied denied -> {
        log.tell(
            List.of(
                new AuditEvent(
                    requestId,
                    denied.caller().subject(),
                    denied.capability().text(),
                    denied.namespace(),
                    denied.name(),
                    null,
                    AuditDecision.DENY,
                    "denied-to-a-node",
                    AuditOutcome.REFUSED)));
        yield false;
      }
    };
  }

  /// Records what an API server denied. Its word is taken for it that it did.
  public DenialAnswer denied(DenialCall call, Errand errand) {
    Caller caller = authenticated(errand.token());
    List<AuditEvent> events = new ArrayList<>();
    for (DenialCall.Item item : call.items()) {
      Capability capability =
          Capability.ofText(item.capability())
              .orElseThrow(() ->
                  VaultFailure.of(FailureCode.INVALID_REQUEST, "There is no such capability."));
      events.add(
          new AuditEvent(
              errand.requestId(),
              caller.subject(),
              capability.text(),
              call.namespace(),
              item.name(),
              null,
              AuditDecision.DENY,
              call.code().text(),
              AuditOutcome.REFUSED));
    }
    log.append(events, Duration.ofDays(1));
    return new DenialAnswer(events.size());
  }

  /// A page of this node's own log.
  public AuditAnswer page(AuditCall call, Errand errand) {
    requireAudit(call.namespace(), call.deadlineMillis(), errand);
    return log.page(call);
  }

  /// Records that what the capability `audit` permits to see is about to be answered.
  ///
  /// @param deadlineMillis how long the request may take
  /// @throws VaultFailure if the caller lacks it, once that is recorded
  public void requireAudit(Namespace namespace, long deadlineMillis, Errand errand) {
    Inquiry inquiry = enter(errand, namespace, deadlineMillis);
    inquiry.require(Capability.AUDIT, null);
    inquiry.answer(Capability.AUDIT, null);
  }

  /// One request of a caller.
  final class Inquiry {
    private final Errand errand;
    private final Caller caller;
    private final Namespace namespace;
    private final long endNanos;

    private Inquiry(Errand errand, Caller caller, Namespace namespace, long deadlineMillis) {
      this.errand = errand;
      this.caller = caller;
      this.namespace = namespace;
      this.endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(deadlineMillis);
    }

    Caller caller() {
      return caller;
    }

    /// @throws VaultFailure `FORBIDDEN` or `NAMESPACE_NOT_FOUND`, once that is recorded
    void require(Capability capability, @Nullable SecretName name) {
      try {
        access.require(caller, capability, namespace, name);
      } catch (VaultFailure denied) {
        throw recorded(capability.text(), name, denied);
      }
    }

    /// @throws VaultFailure the same, if the caller may do nothing at all with the name
    void requireConcern(SecretName name) {
      try {
        access.requireConcern(caller, new SecretId(namespace, name));
      } catch (VaultFailure denied) {
        throw recorded(AuditEvent.EXISTS, name, denied);
      }
    }

    private VaultFailure recorded(String action, @Nullable SecretName name, VaultFailure denied) {
      log.append(
          List.of(
              new AuditEvent(
                  errand.requestId(),
                  caller.subject(),
                  action,
                  namespace,
                  name,
                  null,
                  AuditDecision.DENY,
                  denied.code().text(),
                  AuditOutcome.REFUSED)),
          left());
      return denied;
    }

    /// Records that what has no value in it is about to be answered.
    void answer(Capability capability, @Nullable SecretName name) {
      append(
          List.of(
              event(capability.text(), name, null, AuditOutcome.ANSWERED, AuditEvent.PERMITTED)));
    }

    /// Records that this node is about to sign what it destroyed, or that there is nothing to sign.
    void answer(ReceiptCall call, boolean signs) {
      append(
          List.of(
              event(
                  AuditEvent.RECEIPT,
                  call.name(),
                  call.version(),
                  signs ? AuditOutcome.ANSWERED : AuditOutcome.MISSING,
                  signs ? AuditEvent.PERMITTED : FailureCode.SECRET_NOT_FOUND.text())));
    }

    /// Records that a write is about to begin.
    ///
    /// @throws VaultFailure `AUDIT_UNAVAILABLE`, in the phase in which nothing has happened yet
    void intend(WriteCall call) {
      try {
        append(events(call, AuditOutcome.INTENDED, AuditEvent.PERMITTED));
      } catch (VaultFailure unavailable) {
        throw VaultFailure.inPhase(unavailable.code(), Phase.VOTING, unavailable.detail());
      }
    }

    /// Records what came of a write, in passing: nothing can be undone by now, and the answer is
    /// not held up.
    void applied(WriteCall call, WriteAnswer answer) {
      List<AuditEvent> events = new ArrayList<>();
      for (VersionView made : answer.versions()) {
        events.add(
            event(
                Access.capability(call.kind()).text(),
                made.name(),
                made.version(),
                AuditOutcome.APPLIED,
                answer.repeated() ? "applied-before" : AuditEvent.PERMITTED));
      }
      log.tell(events);
    }

    void failed(WriteCall call, VaultFailure failure) {
      AuditOutcome outcome =
          failure.phase().filter(phase -> phase == Phase.WRITING).isPresent()
              ? AuditOutcome.UNKNOWN
              : AuditOutcome.NOT_APPLIED;
      log.tell(events(call, outcome, failure.code().text()));
    }

    private List<AuditEvent> events(WriteCall call, AuditOutcome outcome, String reason) {
      String action = Access.capability(call.kind()).text();
      return call.items().stream()
          .map(item -> event(action, item.name(), null, outcome, reason))
          .toList();
    }

    /// Records what is about to be answered to a read: one record for each version whose value is
    /// in it.
    void answer(ReadCall call, ReadAnswer answer) {
      String action = call.values() ? Capability.READ.text() : AuditEvent.EXISTS;
      Set<AuditEvent> events = new LinkedHashSet<>();
      for (int i = 0; i < answer.items().size(); i++) {
        SecretName name = call.items().get(i).name();
        events.add(
            switch (answer.items().get(i)) {
              case ReadAnswer.Revealed revealed ->
                  event(
                      action,
                      name,
                      revealed.version().version(),
                      AuditOutcome.REVEALED,
                      AuditEvent.PERMITTED);
              case ReadAnswer.Present _ ->
                  event(action, name, null, AuditOutcome.ANSWERED, AuditEvent.PERMITTED);
              case ReadAnswer.Missing missing ->
                  event(action, name, null, AuditOutcome.MISSING, missing.code().text());
            });
      }
      append(List.copyOf(events));
    }

    /// Records that a read was allowed and failed, in passing: nothing was given away.
    void failed(ReadCall call, VaultFailure failure) {
      String action = call.values() ? Capability.READ.text() : AuditEvent.EXISTS;
      log.tell(
          call.items().stream()
              .map(item ->
                  event(action, item.name(), null, AuditOutcome.FAILED, failure.code().text()))
              .distinct()
              .toList());
    }

    private AuditEvent event(
        String action,
        @Nullable SecretName name,
        @Nullable Long version,
        AuditOutcome outcome,
        String reason) {
      return new AuditEvent(
          errand.requestId(),
          caller.subject(),
          action,
          namespace,
          name,
          version,
          AuditDecision.ALLOW,
          reason,
          outcome);
    }

    private void append(List<AuditEvent> events) {
      log.append(events, left());
    }

    private Duration left() {
      return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
    }
  }
}
