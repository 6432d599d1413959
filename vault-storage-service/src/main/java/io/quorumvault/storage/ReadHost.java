package io.quorumvault.storage;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.policy.Caller;
import io.quorumvault.policy.Capability;
import io.quorumvault.protocol.ChainRound;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.Home;
import io.quorumvault.protocol.ListRound;
import io.quorumvault.protocol.ReadRound;
import io.quorumvault.protocol.Shortfall;
import io.quorumvault.sealing.Opened;
import io.quorumvault.sealing.Seal;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretName;
import io.quorumvault.sharing.Share;
import io.quorumvault.wire.HistoryAnswer;
import io.quorumvault.wire.HistoryCall;
import io.quorumvault.wire.ListAnswer;
import io.quorumvault.wire.ListCall;
import io.quorumvault.wire.ReadAnswer;
import io.quorumvault.wire.ReadCall;
import io.quorumvault.wire.VersionView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Answers reads with what a read quorum agrees on, or not at all. Safe for use by any number of
/// threads.
public final class ReadHost {
  /// Entries fetched at once when walking back through a chain.
  private static final int STRETCH = 128;

  /// Names whose shares are asked for along with how they stand: as many shares of the largest size
  /// as fit one answer of a peer. Of more names it is first found out how long their shares are.
  private static final int NAMES_WITH_SHARES_MAX =
      Limits.INTERNAL_BYTES_MAX / Limits.SHARE_BYTES_MAX - 1;

  private final Home home;
  private final ParticipantHost participant;
  private final Conversations conversations;
  private final ShareGathering gathering;
  private final Sealing sealing;
  private final Access access;
  private final AuditTrail trail;
  private final NodeClock clock;

  ReadHost(
      Home home,
      ParticipantHost participant,
      Conversations conversations,
      ShareGathering gathering,
      Sealing sealing,
      Access access,
      AuditTrail trail,
      NodeClock clock) {
    this.home = home;
    this.participant = participant;
    this.conversations = conversations;
    this.gathering = gathering;
    this.sealing = sealing;
    this.access = access;
    this.trail = trail;
    this.clock = clock;
  }

  /// The values, all or none of them; the caller closes them. What is not there is answered, not
  /// thrown: a read quorum agrees.
  ///
  /// All names are looked up at one moment, so that of what one transaction wrote everything is
  /// seen or nothing. Reads of current versions repair shares that are running low, afterwards and
  /// without delaying the answer; those of older ones repair nothing.
  ///
  /// What is about to be answered is recorded before this returns.
  ///
  /// @throws VaultFailure `INSUFFICIENT_SHARES` when too few nodes answer, `DEADLINE_EXCEEDED` when
  ///   they do not in time, `INTEGRITY_FAILURE` when what they hold is not authentic,
  ///   `PAYLOAD_TOO_LARGE` when the values are together longer than `Limits.ENV_OUTPUT_BYTES_MAX`;
  ///   then no share was asked for; `AUDIT_UNAVAILABLE`
  public ReadAnswer read(ReadCall call, Errand errand) {
    AuditTrail.Inquiry inquiry = trail.enter(errand, call.namespace(), call.deadlineMillis());
    for (ReadCall.Item item : call.items()) {
      if (call.values()) {
        inquiry.require(Capability.READ, item.name());
      } else {
        inquiry.requireConcern(item.name());
      }
    }
    ReadAnswer answer;
    try {
      answer = new Reading(call, errand, begin(call.deadlineMillis())).answer();
    } catch (VaultFailure failure) {
      inquiry.failed(call, failure);
      throw failure;
    }
    boolean recorded = false;
    try {
      inquiry.answer(call, answer);
      recorded = true;
      return answer;
    } finally {
      if (!recorded) {
        answer.wipe();
      }
    }
  }

  /// One call being answered.
  private final class Reading {
    private final ReadCall call;
    private final Errand errand;
    private final long deadlineMillis;
    private final Map<ReadCall.Item, Dated> found = new ConcurrentHashMap<>();
    private final Map<ReadCall.Item, ReadAnswer.Revealed> revealed = new ConcurrentHashMap<>();
    private final Map<ReadCall.Item, FailureCode> missing = new ConcurrentHashMap<>();

    Reading(ReadCall call, Errand errand, long deadlineMillis) {
      this.call = call;
      this.errand = errand;
      this.deadlineMillis = deadlineMillis;
    }

    ReadAnswer answer() {
      List<ReadCall.Item> items = call.items().stream().distinct().toList();
      List<SecretId> ids = items.stream().map(this::id).distinct().toList();
      boolean withShares =
          call.values()
              && ids.size() <= NAMES_WITH_SHARES_MAX
              && items.stream().allMatch(ReadCall.Item::latest);
      Map<SecretId, ReadRound.Reading> readings = readings(ids, withShares);
      SideBySide.forEach(items, item -> locate(item, head(readings, id(item))));
      if (!call.values() || !missing.isEmpty()) {
        return answerWithoutValues();
      }
      checkTogether(found.values());
      boolean complete = false;
      try {
        ShareGathering.Gathered shares = withShares ? sharesIn(readings) : gathered();
        SideBySide.forEach(items, item -> reveal(item, shares));
        complete = missing.isEmpty();
      } finally {
        if (!complete) {
          revealed.values().forEach(secret -> secret.value().close());
        }
      }
      return complete
          ? new ReadAnswer(
              call.items().stream().<ReadAnswer.Item>map(item -> known(revealed, item)).toList())
          : answerWithoutValues();
    }

    private SecretId id(ReadCall.Item item) {
      return new SecretId(call.namespace(), item.name());
    }

    private Map<SecretId, ReadRound.Reading> readings(List<SecretId> ids, boolean withShares) {
      ReadRound round = new ReadRound(home, ids, withShares, deadlineMillis);
      return found(
              withShares
                  ? conversations.hold(
                      round,
                      errand,
                      round::allHeard,
                      () -> ids.forEach(id -> gathering.repair(round, id)))
                  : conversations.hold(round, errand))
          .readings();
    }

    private void locate(ReadCall.Item item, Optional<Head> head) {
      if (head.isEmpty()) {
        missing.put(item, FailureCode.SECRET_NOT_FOUND);
        return;
      }
      Entry entry = head.get().entry();
      Optional<Dated> dated =
          means(item, entry)
              ? Optional.of(new Dated(entry, null))
              : find(id(item), entry, item, errand, deadlineMillis);
      dated.ifPresentOrElse(
          version -> found.put(item, version),
          () -> missing.put(item, FailureCode.VERSION_NOT_FOUND));
    }

    private ShareGathering.Gathered sharesIn(Map<SecretId, ReadRound.Reading> readings) {
      Map<ShareGathering.Version, List<Share>> shares = new HashMap<>();
      found.forEach((item, dated) ->
          shares.put(
              version(item, dated), List.copyOf(known(readings, id(item)).shares().values())));
      return new ShareGathering.Gathered(shares, Map.of());
    }

    private ShareGathering.Gathered gathered() {
      Set<ShareGathering.Version> current = new LinkedHashSet<>();
      Set<ShareGathering.Version> past = new LinkedHashSet<>();
      found.forEach(
          (item, dated) -> (dated.validTo() == null ? current : past).add(version(item, dated)));
      return gathering.gather(current, past, errand, deadlineMillis);
    }

    private void reveal(ReadCall.Item item, ShareGathering.Gathered gathered) {
      SecretId id = id(item);
      Dated dated = known(found, item);
      ShareGathering.Version version = version(item, dated);
      List<Share> shares = gathered.shares().get(version);
      if (shares != null) {
        revealed.put(item, opened(id, dated, shares));
        return;
      }
      Optional<Head> head = liveHead(id, errand, deadlineMillis);
      if (head.isEmpty()) {
        // Between finding the version and asking for its shares it was deleted.
        missing.put(item, FailureCode.SECRET_NOT_FOUND);
      } else if (keeps(head.get().entry(), dated.entry())) {
        throw failure(known(gathered.lacking(), version));
      } else {
        // The same, and the name was used again; or it became too old to be kept.
        throw failure(Shortfall.AWAY);
      }
    }

    private ShareGathering.Version version(ReadCall.Item item, Dated dated) {
      return new ShareGathering.Version(id(item), dated.entry());
    }

    private ReadAnswer.Revealed opened(SecretId id, Dated dated, List<Share> shares) {
      Opened opened = sealing.open(id, dated.entry(), shares);
      return new ReadAnswer.Revealed(
          view(id, dated.entry(), dated.validTo()),
          opened.value(),
          dated.entry().sealOfVersion().encoding());
    }

    private ReadAnswer answerWithoutValues() {
      List<ReadAnswer.Item> items = new ArrayList<>();
      for (ReadCall.Item item : call.items()) {
        FailureCode code = missing.get(item);
        if (code == null) {
          Dated dated = known(found, item);
          items.add(new ReadAnswer.Present(view(id(item), dated.entry(), dated.validTo())));
        } else {
          items.add(new ReadAnswer.Missing(code));
        }
      }
      return new ReadAnswer(items);
    }
  }

  /// Whether the item is the current version, which then nobody has to look for.
  private static boolean means(ReadCall.Item item, Entry head) {
    Long version = item.version();
    Instant at = item.at();
    return (version == null || version == head.version())
        && (at == null || !head.validFrom().isAfter(at));
  }

  private static <K, V> V known(Map<K, V> map, K key) {
    V value = map.get(key);
    if (value == null) {
      throw new IllegalStateException("a read left out an item");
    }
    return value;
  }

  /// A share is a little longer than its value, so this refuses nothing that would have fitted.
  private static void checkTogether(Collection<Dated> versions) {
    long bytes = 0;
    for (Dated version : versions) {
      bytes += Math.max(0, version.entry().sealOfVersion().shareBytes() - Seal.SHARE_BYTES_BEYOND);
    }
    if (bytes > Limits.ENV_OUTPUT_BYTES_MAX) {
      throw VaultFailure.of(
          FailureCode.PAYLOAD_TOO_LARGE,
          "The values are together longer than " + Limits.ENV_OUTPUT_BYTES_MAX + " bytes.");
    }
  }

  private long begin(long callDeadlineMillis) {
    if (!participant.serving()) {
      throw CoordinatorHost.insufficient();
    }
    return clock.millis() + callDeadlineMillis;
  }

  /// Whether a version is one of those that a secret with this head still has.
  private static boolean keeps(Entry head, Entry version) {
    return head.incarnation() == version.incarnation()
        && head.version() - version.version() < Limits.VERSIONS_PER_SECRET_MAX;
  }

  static ReadRound.Result.Found found(ReadRound.Result result) {
    return switch (result) {
      case ReadRound.Result.Found found -> found;
      case ReadRound.Result.NoQuorum none -> throw failure(none.why());
      case ReadRound.Result.TooFewShares few -> throw failure(few.why());
    };
  }

  /// What a caller is told of a read without an answer.
  static VaultFailure failure(Shortfall why) {
    return switch (why) {
      case AWAY -> CoordinatorHost.insufficient();
      case OUT_OF_TIME ->
          VaultFailure.of(
              FailureCode.DEADLINE_EXCEEDED,
              "Too few nodes answered before the time of the request was over. Try again.");
      case DAMAGED ->
          VaultFailure.of(
              FailureCode.INTEGRITY_FAILURE,
              "What is stored of the value is not what was written, or lost. To try again does not"
                  + " help.");
    };
  }

  private static Optional<Head> head(Map<SecretId, ReadRound.Reading> readings, SecretId id) {
    return known(readings, id).head().filter(head -> head.entry().live());
  }

  private Optional<Head> liveHead(SecretId id, Errand errand, long deadlineMillis) {
    return head(
        found(conversations.hold(new ReadRound(home, List.of(id), false, deadlineMillis), errand))
            .readings(),
        id);
  }

  private record Dated(Entry entry, @Nullable Instant validTo) {}

  /// @return the version, empty if there is none of this number or at this time
  private Optional<Dated> find(
      SecretId id, Entry head, ReadCall.Item item, Errand errand, long deadlineMillis) {
    long firstSeq = head.seq() - Math.min(head.version(), Limits.VERSIONS_PER_SECRET_MAX) + 1;
    Long wanted = item.version();
    Instant at = item.at();
    if (wanted != null) {
      long seq = head.seq() - (head.version() - wanted);
      if (wanted < 1 || seq < firstSeq || seq > head.seq()) {
        return Optional.empty();
      }
      int reach = seq == head.seq() ? 1 : 2;
      List<Entry> stretch =
          stretch(id, Math.min(seq + 1, head.seq()), reach, errand, deadlineMillis);
      return Optional.of(
          reach == 1
              ? new Dated(stretch.getFirst(), null)
              : new Dated(stretch.get(1), stretch.getFirst().validFrom()));
    }
    Instant validTo = null;
    long from = head.seq();
    while (from >= firstSeq) {
      int limit = (int) Math.min(STRETCH, from - firstSeq + 1);
      for (Entry entry : stretch(id, from, limit, errand, deadlineMillis)) {
        if (at == null || !entry.validFrom().isAfter(at)) {
          return Optional.of(new Dated(entry, validTo));
        }
        validTo = entry.validFrom();
      }
      from -= limit;
    }
    return Optional.empty();
  }

  private List<Entry> stretch(
      SecretId id, long fromSeq, int limit, Errand errand, long deadlineMillis) {
    ChainRound.Result result =
        conversations.hold(new ChainRound(home, id, fromSeq, limit, deadlineMillis), errand);
    return switch (result) {
      case ChainRound.Result.Found found -> found.entries();
      case ChainRound.Result.Incomplete incomplete -> throw failure(incomplete.why());
    };
  }

  /// A page of the versions of the live incarnation, newest first, values aside.
  public HistoryAnswer history(HistoryCall call, Errand errand) {
    AuditTrail.Inquiry inquiry = trail.enter(errand, call.namespace(), call.deadlineMillis());
    inquiry.require(Capability.HISTORY, call.name());
    long deadlineMillis = begin(call.deadlineMillis());
    inquiry.answer(Capability.HISTORY, call.name());
    SecretId id = new SecretId(call.namespace(), call.name());
    Entry head =
        liveHead(id, errand, deadlineMillis)
            .orElseThrow(() ->
                VaultFailure.of(FailureCode.SECRET_NOT_FOUND, "There is no secret with this name."))
            .entry();
    long newest =
        call.belowVersion() == 0
            ? head.version()
            : Math.min(head.version(), call.belowVersion() - 1);
    if (newest < 1) {
      return new HistoryAnswer(List.of(), true);
    }
    // One more than shown on the newer side, for the end of its validity.
    long topVersion = Math.min(head.version(), newest + 1);
    int limit = (int) Math.min(call.limit(), newest);
    int reach = (int) Math.min(limit + (topVersion - newest), topVersion);
    List<Entry> entries =
        stretch(id, head.seq() - (head.version() - topVersion), reach, errand, deadlineMillis);
    List<VersionView> views = new ArrayList<>();
    Instant validTo = null;
    for (Entry entry : entries) {
      if (entry.version() <= newest) {
        views.add(view(id, entry, validTo));
      }
      validTo = entry.validFrom();
    }
    return new HistoryAnswer(views, views.getLast().version() == 1);
  }

  private static VersionView view(SecretId id, Entry entry, @Nullable Instant validTo) {
    return new VersionView(id.name(), entry.version(), entry.validFrom(), validTo);
  }

  /// A page of the live names that the caller may list.
  public ListAnswer list(ListCall call, Errand errand) {
    AuditTrail.Inquiry inquiry = trail.enter(errand, call.namespace(), call.deadlineMillis());
    inquiry.require(Capability.LIST, null);
    long deadlineMillis = begin(call.deadlineMillis());
    inquiry.answer(Capability.LIST, null);
    Caller caller = inquiry.caller();
    SecretName after = call.after();
    ListRound.Result result =
        conversations.hold(
            new ListRound(
                home,
                call.namespace(),
                call.prefix(),
                after == null ? null : after.text(),
                call.limit(),
                deadlineMillis),
            errand);
    return switch (result) {
      case ListRound.Result.NoQuorum none -> throw failure(none.why());
      case ListRound.Result.Page page -> {
        NavigableMap<SecretId, Head> heads = new TreeMap<>(page.sure());
        List<SecretId> unsure =
            page.unsure().stream().filter(id -> access.mayList(caller, id)).toList();
        if (!unsure.isEmpty()) {
          found(conversations.hold(new ReadRound(home, unsure, false, deadlineMillis), errand))
              .readings()
              .forEach((id, reading) -> reading.head().ifPresent(head -> heads.put(id, head)));
        }
        List<ListAnswer.Listed> listed = new ArrayList<>();
        heads.forEach((id, head) -> {
          if (head.entry().live() && access.mayList(caller, id)) {
            listed.add(
                new ListAnswer.Listed(id.name(), head.entry().version(), head.entry().validFrom()));
          }
        });
        SecretId upTo = page.upTo();
        yield new ListAnswer(listed, upTo == null ? null : upTo.name());
      }
    };
  }
}
