package io.quorumvault.api;

import io.quorumvault.FailureCode;
import io.quorumvault.Phase;
import io.quorumvault.VaultFailure;
import io.quorumvault.api.metrics.ApiMetrics;
import io.quorumvault.api.nodes.Attempt;
import io.quorumvault.api.nodes.Hedging;
import io.quorumvault.api.nodes.StorageNode;
import io.quorumvault.api.nodes.StorageNodes;
import io.quorumvault.audit.AuditPosition;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.wire.AuditAnswer;
import io.quorumvault.wire.AuditCall;
import io.quorumvault.wire.ConditionAnswer;
import io.quorumvault.wire.ConditionCall;
import io.quorumvault.wire.HistoryAnswer;
import io.quorumvault.wire.HistoryCall;
import io.quorumvault.wire.ListAnswer;
import io.quorumvault.wire.ListCall;
import io.quorumvault.wire.ReadAnswer;
import io.quorumvault.wire.ReadCall;
import io.quorumvault.wire.VersionView;
import io.quorumvault.wire.WriteAnswer;
import io.quorumvault.wire.WriteCall;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The storage nodes as one thing that keeps secrets: asks a coordinator, and another if that one
/// fails, within the request's deadline.
///
/// Every attempt at one write carries the same operation id, so a write asked of several nodes
/// takes effect at most once. Failures are `VaultFailure`s; for a write they say truthfully whether
/// it may have been applied:
///
/// | what happened | answer |
/// |---|---|
/// | a coordinator answered, and no attempt before it is open | that answer |
/// | an attempt is open (sent, no answer), and a later coordinator succeeded | success: the operation id makes both one write |
/// | an attempt is open, and a later coordinator refused for what every node would refuse | that refusal |
/// | an attempt is open, and a later refusal depends on what is stored | outcome unknown: the open attempt may still apply |
/// | no attempt succeeded, none is open | not applied |
public final class Cell {
  private static final Logger LOG = System.getLogger(Cell.class.getName());

  private final Membership membership;
  private final StorageNodes nodes;
  private final Hedging hedging;
  private final CoordinatorChoice choice;
  private final Timeouts timeouts;
  private final ApiMetrics metrics;

  /// A coordinator that cannot reach its peers, or is still joining, refuses what another could do.
  /// While writes are possible at least w nodes are fit, so among any n-w+1 there is one.
  private final int opinions;

  public Cell(
      Membership membership,
      StorageNodes nodes,
      Hedging hedging,
      Timeouts timeouts,
      ApiMetrics metrics) {
    this.membership = membership;
    this.nodes = nodes;
    this.hedging = hedging;
    this.choice = new CoordinatorChoice(membership.everyNode());
    this.timeouts = timeouts;
    this.metrics = metrics;
    this.opinions = membership.readQuorum();
  }

  /// Writes one name.
  ///
  /// @return the version made; for a delete the one that was the last
  public VersionView write(
      Errand errand, WriteKind kind, Namespace namespace, WriteCall.Item item, OperationId id) {
    return write(errand, kind, namespace, List.of(item), id).versions().getFirst();
  }

  /// Writes several names in one transaction: all or none.
  ///
  /// @param items 1 to `Limits.NAMES_PER_TRANSACTION_MAX`, each name once
  /// @return the version made of each, in the order of the items
  public WriteAnswer write(
      Errand errand,
      WriteKind kind,
      Namespace namespace,
      List<WriteCall.Item> items,
      OperationId id) {
    List<SecretName> names = items.stream().map(WriteCall.Item::name).toList();
    WriteAnswer answer =
        askForWrite(
            errand,
            order(namespace, names),
            (node, deadlineMillis) ->
                node.write(
                    errand.authorization(),
                    errand.requestId(),
                    new WriteCall(
                        kind,
                        namespace,
                        items,
                        id.digest(),
                        id.keyed(),
                        errand.requestTime(),
                        deadlineMillis)));
    if (!answer.versions().stream().map(VersionView::name).toList().equals(names)) {
      throw otherThanAsked();
    }
    return answer;
  }

  /// Reads one value, which belongs to the caller, who closes it.
  public ReadAnswer.Revealed read(Errand errand, Namespace namespace, ReadCall.Item item) {
    return switch (read(errand, namespace, List.of(item), true).items().getFirst()) {
      case ReadAnswer.Revealed revealed -> revealed;
      case ReadAnswer.Missing missing ->
          throw VaultFailure.of(
              missing.code(),
              missing.code() == FailureCode.SECRET_NOT_FOUND
                  ? "There is no secret with this name."
                  : "The secret has no such version, or none that was valid then.");
      case ReadAnswer.Present _ -> throw otherThanAsked();
    };
  }

  /// Reads several values at one moment: all, or none if anything is missing. They belong to the
  /// caller, who closes them.
  ///
  /// @param items 1 to `Limits.NAMES_PER_TRANSACTION_MAX`
  /// @param values whether the values are wanted, or only whether they are there
  /// @return how each item stands, in their order
  public ReadAnswer read(
      Errand errand, Namespace namespace, List<ReadCall.Item> items, boolean values) {
    ReadAnswer answer =
        askForRead(
            errand,
            order(namespace, items.stream().map(ReadCall.Item::name).toList()),
            (node, deadlineMillis) ->
                node.read(
                    errand.authorization(),
                    errand.requestId(),
                    new ReadCall(namespace, items, values, deadlineMillis)),
            ReadAnswer::wipe);
    boolean asAsked = answer.items().size() == items.size();
    boolean revealing = values && !answer.incomplete();
    for (int i = 0; asAsked && i < items.size(); i++) {
      asAsked =
          switch (answer.items().get(i)) {
            case ReadAnswer.Revealed revealed ->
                revealing && answers(items.get(i), revealed.version());
            case ReadAnswer.Present present ->
                !revealing && answers(items.get(i), present.version());
            case ReadAnswer.Missing _ -> true;
          };
    }
    if (!asAsked) {
      throw otherThanAsked();
    }
    return answer;
  }

  private static boolean answers(ReadCall.Item item, VersionView version) {
    Long wanted = item.version();
    return version.name().equals(item.name()) && (wanted == null || wanted == version.version());
  }

  /// Requests for the same names meet at one coordinator, whatever order they name them in.
  private List<NodeId> order(Namespace namespace, List<SecretName> names) {
    return choice.order(namespace, Collections.min(names).text());
  }

  /// @param belowVersion only versions below this one; 0 for the newest on
  public HistoryAnswer history(
      Errand errand, Namespace namespace, SecretName name, long belowVersion, int limit) {
    return askForRead(
        errand,
        choice.order(namespace, name.text()),
        (node, deadlineMillis) ->
            node.history(
                errand.authorization(),
                errand.requestId(),
                new HistoryCall(namespace, name, belowVersion, limit, deadlineMillis)),
        _ -> {});
  }

  /// @param after only names after this one; null for the first page
  public ListAnswer list(
      Errand errand, Namespace namespace, String prefix, @Nullable SecretName after, int limit) {
    return askForRead(
        errand,
        choice.order(namespace, ""),
        (node, deadlineMillis) ->
            node.list(
                errand.authorization(),
                errand.requestId(),
                new ListCall(namespace, prefix, after, limit, deadlineMillis)),
        _ -> {});
  }

  /// A page of the audit records of a namespace, of all nodes that answer.
  ///
  /// @param before only records before this; null for the newest
  public AuditPages.Page audit(
      Errand errand, Namespace namespace, @Nullable AuditPosition before, int limit) {
    StorageNodes.Patience patience = timeouts.ofRead(errand.deadline().left());
    AuditCall call = new AuditCall(namespace, before, limit, Timeouts.deadlineMillis(patience));
    Duration asked = errand.deadline().left();
    List<Attempt<AuditAnswer>> attempts =
        nodes.attemptAll(
            patience, node -> node.audit(errand.authorization(), errand.requestId(), call));
    List<AuditAnswer> answers =
        answers(errand, isLate(errand, asked, patience, attempts), attempts);
    return AuditPages.merged(answers, limit, answers.size() == attempts.size());
  }

  /// How the nodes are, for a caller who may see the audit log of a namespace: each node judges
  /// that for itself, and records that it was asked.
  public CellView view(Errand errand, Namespace namespace) {
    Duration before = errand.deadline().left();
    StorageNodes.Patience patience = timeouts.ofRead(before);
    ConditionCall call = new ConditionCall(namespace, Timeouts.deadlineMillis(patience));
    List<Attempt<ConditionAnswer>> attempts =
        nodes.attemptAll(
            patience, node -> node.condition(errand.authorization(), errand.requestId(), call));
    List<ConditionAnswer> _ = answers(errand, isLate(errand, before, patience, attempts), attempts);
    return CellView.of(membership, attempts);
  }

  /// What the nodes answered that did.
  ///
  /// @param late whether one without an answer was waited for
  /// @throws VaultFailure if none did
  private static <A> List<A> answers(Errand errand, boolean late, List<Attempt<A>> attempts) {
    List<A> answers = new ArrayList<>();
    Optional<VaultFailure> refused = Optional.empty();
    for (Attempt<A> attempt : attempts) {
      switch (attempt) {
        case Attempt.Answered<A>(A answer) -> answers.add(answer);
        case Attempt.Refused<A>(VaultFailure failure) -> refused = Optional.of(failure);
        case Attempt.NotSent<A> _, Attempt.Unanswered<A> _ -> {}
      }
    }
    if (answers.isEmpty()) {
      if (refused.isPresent()) {
        throw verdict(refused.get(), false);
      }
      throw exhausted(errand, refused, late);
    }
    return answers;
  }

  private interface Call<A> {
    A of(StorageNode node, long deadlineMillis);
  }

  /// Asks one node after the other.
  private <A> A askForWrite(Errand errand, List<NodeId> order, Call<A> call) {
    boolean open = false;
    int refusals = 0;
    Optional<VaultFailure> refused = Optional.empty();
    for (NodeId node : nodes.preferSound(order)) {
      Duration left = errand.deadline().left();
      if (left.compareTo(Timeouts.ATTEMPT_LEAST) < 0) {
        break;
      }
      switch (attempt(node, timeouts.ofWrite(left), call)) {
        case Attempt.Answered<A>(A answer) -> {
          return answer;
        }
        case Attempt.NotSent<A> _ -> {}
        case Attempt.Unanswered<A> _ -> open = true;
        case Attempt.Refused<A>(VaultFailure failure) -> {
          open |= leavesOpen(failure);
          refused = Optional.of(failure);
          refusals++;
          if (cause(failure) != Cause.NODE || refusals >= opinions) {
            throw verdict(failure, open);
          }
        }
      }
    }
    throw exhaustedByWrite(errand, refused, open);
  }

  /// Asks one node after the other, and the next already while one keeps the caller waiting.
  ///
  /// @param unwanted gets an answer that comes after another was taken
  private <A> A askForRead(Errand errand, List<NodeId> order, Call<A> call, Consumer<A> unwanted) {
    boolean late = false;
    int refusals = 0;
    Optional<VaultFailure> refused = Optional.empty();
    List<NodeId> left = nodes.preferSound(order);
    while (!left.isEmpty() && errand.deadline().left().compareTo(Timeouts.ATTEMPT_LEAST) >= 0) {
      Duration before = errand.deadline().left();
      StorageNodes.Patience patience = timeouts.ofRead(before);
      List<Attempt<A>> attempts =
          hedging.ask(
              left,
              patience.quiet(),
              node -> attempt(node, patience, call),
              Cell::settles,
              unwanted);
      left = left.subList(attempts.size(), left.size());
      late |= isLate(errand, before, patience, attempts);
      for (Attempt<A> attempt : attempts) {
        switch (attempt) {
          case Attempt.Answered<A>(A answer) -> {
            return answer;
          }
          case Attempt.NotSent<A> _, Attempt.Unanswered<A> _ -> {}
          case Attempt.Refused<A>(VaultFailure failure) -> {
            refused = Optional.of(failure);
            refusals++;
            if (cause(failure) != Cause.NODE || refusals >= opinions) {
              throw verdict(failure, false);
            }
          }
        }
      }
    }
    throw exhausted(errand, refused, late);
  }

  /// Whether every other node would say the same.
  private static boolean settles(Attempt<?> attempt) {
    return switch (attempt) {
      case Attempt.Answered<?> _ -> true;
      case Attempt.Refused<?>(VaultFailure failure) -> cause(failure) != Cause.NODE;
      case Attempt.NotSent<?> _, Attempt.Unanswered<?> _ -> false;
    };
  }

  /// A node that cannot do what another might is asked last from now on.
  private <A> Attempt<A> attempt(NodeId node, StorageNodes.Patience patience, Call<A> call) {
    long deadlineMillis = Timeouts.deadlineMillis(patience);
    Attempt<A> attempt = nodes.attempt(node, patience, client -> call.of(client, deadlineMillis));
    metrics.asked(node, outcome(attempt));
    if (attempt instanceof Attempt.Refused<A>(VaultFailure failure)
        && cause(failure) == Cause.NODE) {
      nodes.doubt(node);
    }
    return attempt;
  }

  /// Whether one without an answer was waited for: the connection did not just break.
  ///
  /// @param before the time that was left when they were asked
  private static boolean isLate(
      Errand errand,
      Duration before,
      StorageNodes.Patience patience,
      List<? extends Attempt<?>> attempts) {
    return before.minus(errand.deadline().left()).compareTo(patience.quiet()) >= 0
        && attempts.stream().anyMatch(Attempt.Unanswered.class::isInstance);
  }

  private static ApiMetrics.Outcome outcome(Attempt<?> attempt) {
    return switch (attempt) {
      case Attempt.Answered<?> _ -> ApiMetrics.Outcome.ANSWERED;
      case Attempt.Refused<?> _ -> ApiMetrics.Outcome.REFUSED;
      case Attempt.NotSent<?> _ -> ApiMetrics.Outcome.NOT_SENT;
      case Attempt.Unanswered<?> _ -> ApiMetrics.Outcome.UNANSWERED;
    };
  }

  /// Whose doing a refusal is.
  private enum Cause {
    /// The node's: another may do better.
    NODE,
    /// The request's: every node refuses it, whatever is stored.
    REQUEST,
    /// What is stored, now.
    STATE,
    /// Ours: the node did not understand what was asked.
    MISUNDERSTANDING
  }

  private static Cause cause(VaultFailure failure) {
    return switch (failure.code()) {
      case WRITE_NOT_ACCEPTED,
          WRITE_OUTCOME_UNKNOWN,
          INSUFFICIENT_SHARES,
          AUDIT_UNAVAILABLE,
          RATE_LIMITED,
          INTERNAL_ERROR,
          DEADLINE_EXCEEDED ->
          Cause.NODE;
      case INVALID_REQUEST,
          UNAUTHENTICATED,
          FORBIDDEN,
          NAMESPACE_NOT_FOUND,
          PAYLOAD_TOO_LARGE,
          IDEMPOTENCY_KEY_REUSED ->
          Cause.REQUEST;
      case SECRET_NOT_FOUND,
          VERSION_NOT_FOUND,
          SECRET_ALREADY_EXISTS,
          CONCURRENT_WRITE,
          VERSION_MISMATCH,
          UNRESOLVED_REFERENCE,
          INTEGRITY_FAILURE ->
          Cause.STATE;
      case MALFORMED_JSON,
          UNSUPPORTED_MEDIA_TYPE,
          NOT_ACCEPTABLE,
          RESOURCE_NOT_FOUND,
          METHOD_NOT_ALLOWED,
          URI_TOO_LONG,
          HEADERS_TOO_LARGE,
          ENV_SYNTAX,
          ENV_MODE,
          ENV_VALUE_MISSING,
          ENV_VALUE_CONFLICT,
          ENV_SELF_REFERENCE,
          ENV_NOT_REPRESENTABLE ->
          Cause.MISUNDERSTANDING;
    };
  }

  /// Whether a write that was refused so may have been applied, or may still be.
  private static boolean leavesOpen(VaultFailure failure) {
    return switch (failure.code()) {
      case WRITE_OUTCOME_UNKNOWN -> true;
      case INTERNAL_ERROR, DEADLINE_EXCEEDED, INTEGRITY_FAILURE ->
          failure.phase().filter(phase -> phase == Phase.VOTING).isEmpty();
      default -> false;
    };
  }

  private static RuntimeException verdict(VaultFailure failure, boolean open) {
    return switch (cause(failure)) {
      case REQUEST -> failure;
      case NODE, STATE -> open ? outcomeUnknown() : failure;
      case MISUNDERSTANDING ->
          new IllegalStateException("a node did not understand: " + failure.code().text());
    };
  }

  private static VaultFailure exhaustedByWrite(
      Errand errand, Optional<VaultFailure> refused, boolean open) {
    LOG.log(Level.WARNING, "{0} found no node that could answer", errand);
    return open
        ? outcomeUnknown()
        : refused.orElseGet(() ->
            VaultFailure.inPhase(
                FailureCode.WRITE_NOT_ACCEPTED,
                Phase.VOTING,
                "No storage took the write; nothing was applied."));
  }

  private static VaultFailure exhausted(
      Errand errand, Optional<VaultFailure> refused, boolean late) {
    LOG.log(Level.WARNING, "{0} found no node that could answer", errand);
    boolean over = errand.deadline().left().compareTo(Timeouts.ATTEMPT_LEAST) < 0;
    return refused.orElseGet(() ->
        late || over
            ? VaultFailure.of(FailureCode.DEADLINE_EXCEEDED, "The storage did not answer in time.")
            : VaultFailure.of(FailureCode.INSUFFICIENT_SHARES, "The storage cannot be reached."));
  }

  private static VaultFailure outcomeUnknown() {
    return VaultFailure.inPhase(
        FailureCode.WRITE_OUTCOME_UNKNOWN,
        Phase.WRITING,
        "The write may or may not have been applied. Send it again with the same Idempotency-Key to"
            + " learn which.");
  }

  /// An answer to another question is worse than none.
  private static IllegalStateException otherThanAsked() {
    return new IllegalStateException("a node answered something else than it was asked");
  }
}
