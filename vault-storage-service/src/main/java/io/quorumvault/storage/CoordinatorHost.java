package io.quorumvault.storage;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.Phase;
import io.quorumvault.VaultFailure;
import io.quorumvault.Violation;
import io.quorumvault.protocol.AppliedOperation;
import io.quorumvault.protocol.ChainRound;
import io.quorumvault.protocol.Coordinator;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.Home;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.ReadRound;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.protocol.WriteOrder;
import io.quorumvault.protocol.WriteResult;
import io.quorumvault.sealing.Opened;
import io.quorumvault.sealing.Seal;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.sharing.Share;
import io.quorumvault.storage.ledger.Ledger;
import io.quorumvault.wire.PeerBatch;
import io.quorumvault.wire.VersionView;
import io.quorumvault.wire.WriteAnswer;
import io.quorumvault.wire.WriteCall;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Coordinates the writes that this node was asked for. Safe for use by any number of threads.
public final class CoordinatorHost {
  private final Home home;
  private final ParticipantHost participant;
  private final Conversations conversations;
  private final ShareGathering gathering;
  private final Ledger ledger;
  private final Sealing sealing;
  private final AuditTrail trail;
  private final NodeClock clock;
  private final NameQueue queue = new NameQueue();
  private final RecentHeads recentHeads = new RecentHeads();

  CoordinatorHost(
      Home home,
      ParticipantHost participant,
      Conversations conversations,
      ShareGathering gathering,
      Ledger ledger,
      Sealing sealing,
      AuditTrail trail,
      NodeClock clock) {
    this.home = home;
    this.participant = participant;
    this.conversations = conversations;
    this.gathering = gathering;
    this.ledger = ledger;
    this.sealing = sealing;
    this.trail = trail;
    this.clock = clock;
  }

  /// Writes all items or none. When this returns, the write is on disk at a commit quorum, and what
  /// a delete removed is destroyed at enough nodes. Safe to retry with the same operation id, here
  /// or at any other node.
  ///
  /// What is to be done is recorded before anything is staged, and what came of it afterwards.
  ///
  /// @throws VaultFailure which says in which phase it failed
  public WriteAnswer write(WriteCall call, Errand errand) {
    try {
      AuditTrail.Inquiry inquiry = trail.enter(errand, call.namespace(), call.deadlineMillis());
      for (WriteCall.Item item : call.items()) {
        inquiry.require(Access.capability(call.kind()), item.name());
      }
      if (!participant.serving()) {
        throw notAccepted("This node does not take part yet.");
      }
      inquiry.intend(call);
      try {
        WriteAnswer answer = queued(call, errand);
        inquiry.applied(call, answer);
        return answer;
      } catch (VaultFailure failure) {
        inquiry.failed(call, failure);
        throw failure;
      }
    } finally {
      for (WriteCall.Item item : call.items()) {
        SecretValue value = item.value();
        if (value != null) {
          value.close();
        }
      }
    }
  }

  private WriteAnswer queued(WriteCall call, Errand errand) {
    long deadlineMillis = clock.millis() + call.deadlineMillis();
    List<WriteOrder.Wish> wishes = new ArrayList<>();
    Map<SecretId, Sealing.Plain> values = new HashMap<>();
    for (WriteCall.Item item : call.items()) {
      SecretId id = new SecretId(call.namespace(), item.name());
      wishes.add(new WriteOrder.Wish(id, item.ifMatch()));
      if (item.value() != null && item.encoding() != null) {
        values.put(id, new Sealing.Plain(item.value(), item.encoding(), item.generated()));
      }
    }
    // Remembered by whichever clock is ahead, forgotten by whichever is behind: a wrong clock must
    // not make a retry a second write.
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    boolean callerBehind = call.requestTime().isBefore(now);
    Instant forgetBefore = callerBehind ? call.requestTime() : now;
    Instant forgetAfter =
        (callerBehind ? now : call.requestTime())
            .plus(call.keyed() ? Limits.IDEMPOTENCY_RETENTION : Limits.RETRY_RETENTION);
    WriteOrder order =
        new WriteOrder(
            call.kind(), wishes, call.operationId(), call.requestTime(), forgetBefore, forgetAfter);
    List<SecretId> names = order.wishes().stream().map(WriteOrder.Wish::id).toList();
    try (NameQueue.Held held = queue.enter(names, call.deadlineMillis())) {
      if (held == null) {
        throw contended();
      }
      Map<SecretId, Head> heads = ledger.read(view -> recentHeads.with(view, names));
      checkFits(names, values, heads);
      WriteResult result =
          conversations.holdWrite(
              new Coordinator(home, order, heads, sealing.sourceOf(values), deadlineMillis),
              errand,
              held::othersWait);
      return answer(call, values, errand, deadlineMillis, result);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
      throw notAccepted("This node is stopping.");
    }
  }

  /// Refuses what would be too long for one prepare, before anything is split.
  private void checkFits(
      List<SecretId> names, Map<SecretId, Sealing.Plain> values, Map<SecretId, Head> heads) {
    long bytes = 0;
    for (SecretId name : names) {
      Sealing.Plain plain = values.get(name);
      if (plain != null) {
        bytes += plain.value().length() + Seal.SHARE_BYTES_BEYOND;
      }
      Head head = heads.get(name);
      bytes += PeerBatch.partBytes(home.membership().nodes(), head);
    }
    if (bytes > PeerBatch.CONTENT_BYTES_MAX) {
      throw VaultFailure.of(
          FailureCode.PAYLOAD_TOO_LARGE,
          "The names and values of one write are together too long. Write fewer at once.");
    }
  }

  private WriteAnswer answer(
      WriteCall call,
      Map<SecretId, Sealing.Plain> values,
      Errand errand,
      long deadlineMillis,
      WriteResult result) {
    return switch (result) {
      case WriteResult.Applied applied -> {
        Map<SecretName, VersionView> views = new LinkedHashMap<>();
        for (Part part : applied.parts()) {
          recentHeads.remember(part.id(), new Head(part.entry(), part.operations()));
          views.put(
              part.id().name(), view(part.id(), part.entry().version(), part.entry().validFrom()));
        }
        yield inOrderOf(call, views, false);
      }
      case WriteResult.AppliedBefore before -> {
        Map<SecretId, AppliedOperation> operations = new LinkedHashMap<>();
        for (int i = 0; i < before.ids().size(); i++) {
          operations.put(before.ids().get(i), before.operations().get(i));
        }
        if (call.keyed() && !sameValues(operations, values, errand, deadlineMillis)) {
          throw reused();
        }
        Map<SecretName, VersionView> views = new LinkedHashMap<>();
        operations.forEach((id, operation) ->
            views.put(id.name(), view(id, operation.version(), operation.validFrom())));
        yield inOrderOf(call, views, true);
      }
      case WriteResult.Rejected rejected -> throw rejection(rejected, call.kind());
      case WriteResult.Contended contended -> throw contended();
      case WriteResult.NotAccepted none -> throw notAccepted("Too few nodes accepted the write.");
      case WriteResult.NotAllowed none ->
          throw VaultFailure.of(
              FailureCode.FORBIDDEN, "Too few nodes allow you this by their policy.");
      case WriteResult.Unknown unknown ->
          throw VaultFailure.inPhase(
              FailureCode.WRITE_OUTCOME_UNKNOWN,
              Phase.WRITING,
              "The decision left, but too few nodes confirmed it in time. Retry with the same"
                  + " Idempotency-Key to learn the outcome.");
    };
  }

  /// Whether a retry carries the values that its first attempt wrote. Judged against the stored
  /// versions themselves, so that no digest of a value has to be kept. If a version is gone, there
  /// is nothing to compare and nothing to protect. A value made by chance is another at each
  /// attempt; what it can have in common with the first is its length.
  private boolean sameValues(
      Map<SecretId, AppliedOperation> operations,
      Map<SecretId, Sealing.Plain> values,
      Errand errand,
      long deadlineMillis) {
    List<SecretId> written = operations.keySet().stream().filter(values::containsKey).toList();
    if (written.isEmpty()) {
      return true;
    }
    Map<SecretId, ReadRound.Reading> now =
        ReadHost.found(
                conversations.hold(new ReadRound(home, written, false, deadlineMillis), errand))
            .readings();
    Queue<ShareGathering.Version> current = new ConcurrentLinkedQueue<>();
    Queue<ShareGathering.Version> past = new ConcurrentLinkedQueue<>();
    SideBySide.forEach(
        written,
        id -> {
          long seq = Objects.requireNonNull(operations.get(id)).seq();
          Optional<Entry> head =
              Optional.ofNullable(now.get(id)).flatMap(ReadRound.Reading::head).map(Head::entry);
          if (head.isPresent() && head.get().seq() == seq) {
            current.add(new ShareGathering.Version(id, head.get()));
          } else {
            past.add(new ShareGathering.Version(id, entry(id, seq, errand, deadlineMillis)));
          }
        });
    Map<ShareGathering.Version, List<Share>> shares =
        gathering.gather(current, past, errand, deadlineMillis).shares();
    return shares.entrySet().stream()
        .allMatch(held ->
            sameValue(
                held.getKey(),
                held.getValue(),
                Objects.requireNonNull(values.get(held.getKey().id()))));
  }

  private Entry entry(SecretId id, long seq, Errand errand, long deadlineMillis) {
    ChainRound.Result chain =
        conversations.hold(new ChainRound(home, id, seq, 1, deadlineMillis), errand);
    if (!(chain instanceof ChainRound.Result.Found found)) {
      throw insufficient();
    }
    return found.entries().getFirst();
  }

  private boolean sameValue(
      ShareGathering.Version version, List<Share> shares, Sealing.Plain plain) {
    Opened opened = sealing.open(version.id(), version.entry(), shares);
    try (SecretValue stored = opened.value()) {
      boolean same =
          plain.generated()
              ? stored.length() == plain.value().length()
              : stored.equals(plain.value());
      return same && version.entry().sealOfVersion().encoding() == plain.encoding();
    }
  }

  private static VersionView view(SecretId id, long version, Instant validFrom) {
    return new VersionView(id.name(), version, validFrom, null);
  }

  private static WriteAnswer inOrderOf(
      WriteCall call, Map<SecretName, VersionView> views, boolean repeated) {
    List<VersionView> ordered = new ArrayList<>();
    for (WriteCall.Item item : call.items()) {
      VersionView view = views.get(item.name());
      if (view != null) {
        ordered.add(view);
      }
    }
    return new WriteAnswer(ordered, repeated);
  }

  private static VaultFailure rejection(WriteResult.Rejected rejected, WriteKind kind) {
    return switch (rejected.cause()) {
      case EXISTS ->
          VaultFailure.withViolations(
              FailureCode.SECRET_ALREADY_EXISTS,
              "A secret with this name exists. Update it, or delete it first.",
              rejected.ids().stream().map(CoordinatorHost::exists).toList());
      case NOT_FOUND ->
          VaultFailure.of(
              FailureCode.SECRET_NOT_FOUND,
              kind == WriteKind.UPDATE
                  ? "There is no secret with this name. Create it first."
                  : "There is no secret with this name.");
      case VERSION_MISMATCH ->
          VaultFailure.of(
              FailureCode.VERSION_MISMATCH,
              "The current version is not the one in If-Match. Read the secret again.");
      case OPERATION_REUSED -> reused();
      case TOO_MANY_OPERATIONS ->
          VaultFailure.of(
              FailureCode.RATE_LIMITED,
              "This secret was written too often within a day to remember one more outcome.");
    };
  }

  private static Violation exists(SecretId id) {
    return new Violation(
        "name",
        FailureCode.SECRET_ALREADY_EXISTS.text(),
        FailureCode.SECRET_ALREADY_EXISTS.title() + ".",
        null,
        null,
        id.name().text());
  }

  private static VaultFailure reused() {
    return VaultFailure.of(
        FailureCode.IDEMPOTENCY_KEY_REUSED,
        "This Idempotency-Key was used for another request within a day.");
  }

  private static VaultFailure contended() {
    return VaultFailure.inPhase(
        FailureCode.CONCURRENT_WRITE,
        Phase.VOTING,
        "Other writes held the name until the deadline. Nothing was applied; try again.");
  }

  private static VaultFailure notAccepted(String detail) {
    return VaultFailure.inPhase(
        FailureCode.WRITE_NOT_ACCEPTED, Phase.VOTING, detail + " Nothing was applied; try again.");
  }

  static VaultFailure insufficient() {
    return VaultFailure.of(
        FailureCode.INSUFFICIENT_SHARES,
        "Too few nodes could be asked to give a certain answer. Try again.");
  }
}
