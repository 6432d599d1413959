package io.quorumvault.storage;

import io.quorumvault.VaultFailure;
import io.quorumvault.protocol.Call;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.Home;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.ReadRound;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.ShareRound;
import io.quorumvault.protocol.Shortfall;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import io.quorumvault.wire.PeerBatch;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Gathers good shares of many versions at once. Safe for use by any number of threads.
final class ShareGathering {
  private static final Logger LOG = Logger.getLogger(ShareGathering.class.getName());

  /// A committed version.
  record Version(SecretId id, Entry entry) {}

  /// What came of it.
  ///
  /// @param shares at least k of each version of which so many could be had
  /// @param lacking why others could not be had, unless they were deleted
  record Gathered(Map<Version, List<Share>> shares, Map<Version, Shortfall> lacking) {}

  /// Names asked for together: enough that a thousand are a few questions, and few enough that
  /// several answers are worked at side by side.
  private static final int NAMES_TOGETHER_MAX = 128;

  /// Shares asked for together: half of what fits an answer, since what it says of the names comes
  /// on top.
  private static final int SHARE_BYTES_TOGETHER_MAX = PeerBatch.CONTENT_BYTES_MAX / 2;

  private final Home home;
  private final Conversations conversations;
  private final Sealing sealing;
  private final int repairTriggerBuffer;
  private final ShareMargin margin;

  ShareGathering(
      Home home,
      Conversations conversations,
      Sealing sealing,
      int repairTriggerBuffer,
      ShareMargin margin) {
    this.home = home;
    this.conversations = conversations;
    this.sealing = sealing;
    this.repairTriggerBuffer = repairTriggerBuffer;
    this.margin = margin;
  }

  /// The shares of these versions, at least k of each. Those that run low are repaired, afterwards
  /// and without delaying the answer, where the version is still the current one.
  ///
  /// @param current versions that were the newest of their name a moment ago, which makes it likely
  ///   that they can be had many at a time; each name once
  /// @param past other versions
  /// @throws VaultFailure see `ReadHost.failure`
  Gathered gather(
      Collection<Version> current, Collection<Version> past, Errand errand, long deadlineMillis) {
    Map<Version, List<Share>> gathered = new ConcurrentHashMap<>();
    Map<Version, Shortfall> lacking = new ConcurrentHashMap<>();
    Queue<Version> others = new ConcurrentLinkedQueue<>(past);
    SideBySide.forEach(
        together(current),
        versions -> {
          Map<SecretId, ReadRound.Reading> readings = readings(versions, errand, deadlineMillis);
          for (Version version : versions) {
            ReadRound.Reading reading = readings.get(version.id());
            if (reading != null
                && reading.head().map(Head::entry).equals(Optional.of(version.entry()))) {
              gathered.put(version, List.copyOf(reading.shares().values()));
            } else {
              others.add(version);
            }
          }
        });
    SideBySide.forEach(
        List.copyOf(others),
        version -> {
          ShareRound round = new ShareRound(home, version.id(), version.entry(), deadlineMillis);
          switch (conversations.hold(round, errand)) {
            case ShareRound.Result.Found held -> gathered.put(version, held.shares());
            case ShareRound.Result.TooFew few -> lacking.put(version, few.why());
          }
        });
    return new Gathered(gathered, lacking);
  }

  private Map<SecretId, ReadRound.Reading> readings(
      List<Version> versions, Errand errand, long deadlineMillis) {
    List<SecretId> ids = versions.stream().map(Version::id).toList();
    ReadRound round = new ReadRound(home, ids, true, deadlineMillis);
    return ReadHost.found(
            conversations.hold(
                round, errand, round::allHeard, () -> ids.forEach(id -> repair(round, id))))
        .readings();
  }

  private static List<List<Version>> together(Collection<Version> versions) {
    return Bundles.of(
        versions,
        NAMES_TOGETHER_MAX,
        SHARE_BYTES_TOGETHER_MAX,
        version -> version.entry().sealOfVersion().shareBytes());
  }

  /// Gives nodes without a good share of the head theirs back, if so few hold one that the margin
  /// is running low. The share is computed at the node's own point: nothing is split again, and no
  /// node gets another's share.
  void repair(ReadRound round, SecretId id) {
    Optional<ReadRound.Census> census = round.census(id);
    Optional<Entry> head = round.head(id);
    if (census.isEmpty() || head.isEmpty()) {
      return;
    }
    int holders = census.get().holders().size();
    int threshold = home.membership().threshold();
    if (head.get().live()) {
      margin.saw(holders - threshold);
    }
    if (repairTriggerBuffer < 0) {
      return;
    }
    boolean low =
        holders >= threshold
            && holders <= threshold + repairTriggerBuffer
            && holders < home.membership().nodes();
    if (!low) {
      return;
    }
    Entry entry = head.get();
    List<Share> good = List.copyOf(census.get().holders().values());
    for (NodeId node : census.get().lacking()) {
      try {
        Share share = sealing.repair(id, entry, good, node.index());
        conversations.tell(
            new Call(node, 0, new Request.Repair(id, entry.seq(), entry.txId(), share)), null);
      } catch (VaultFailure failed) {
        LOG.log(Level.WARNING, "repair for {0} failed: {1}", new Object[] {node, failed.code()});
      }
    }
  }
}
