package io.quorumvault.storage;

import io.quorumvault.protocol.Home;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Place;
import io.quorumvault.protocol.Reply;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.Restoration;
import io.quorumvault.protocol.Scrub;
import io.quorumvault.storage.ledger.Ledger;
import io.quorumvault.wire.PeerBatch;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Finds shares that this node should hold and does not, without anybody reading them, and gets
/// them back from the other nodes (`Restoration`). Holds no token and learns no value.
///
/// Two walks through the node's own chains, each on a thread of its own: a quick one, again and
/// again, for shares that are not there; and a slow one that opens every share and looks whether it
/// is what was written. Neither runs while the node does not serve, or too few others do.
final class Scrubber implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Scrubber.class.getName());

  /// How often to look for shares that are not there. A node that was away looks at once when it is
  /// back; this is for what a node that was there did not get in time.
  private static final Duration PERIOD = Duration.ofSeconds(5);

  /// A look pauses so many times as long as the last one that found nothing took: in a vault with
  /// millions of entries it must not keep a processor busy.
  private static final int PAUSE_FACTOR = 20;

  /// How soon to look again whether enough nodes are there, and after something that was found
  /// could not be restored; then twice as long each time, up to `RETRY_MAX`.
  private static final Duration RETRY = Duration.ofSeconds(1);

  /// What cannot be restored for long has to wait for a node that is away.
  private static final Duration RETRY_MAX = Duration.ofSeconds(30);

  /// Versions of one restoration: its requests fill half a batch for each helper.
  private static final int VERSIONS_TOGETHER_MAX = PeerBatch.ITEMS_MAX / 2;

  /// Bytes of shares of one restoration: half of what fits an answer, since what stands around
  /// comes on top. It holds one sum of each, and up to k contributions on their way.
  private static final int SHARE_BYTES_TOGETHER_MAX = PeerBatch.CONTENT_BYTES_MAX / 2;

  /// Restorations under way at once: one asks while another writes, and a third computes.
  private static final int IN_FLIGHT = 3;

  /// How long one restoration may take: many calls, and well within the life of a circle.
  private static final Duration RESTORE_TIME = Duration.ofSeconds(15);

  /// The slow walk, each second: so many entries, and shares of so many bytes. A thousand secrets
  /// take a quarter of a minute, and nobody notices.
  private static final int VERIFIED_TOGETHER_MAX = 64;

  private static final long VERIFIED_BYTES_MAX = 4 << 20;

  private static final Duration VERIFY_PERIOD = Duration.ofSeconds(1);

  /// Between two slow walks.
  private static final Duration VERIFY_PAUSE = Duration.ofHours(1);

  /// A look at one page of the ledger is over by then.
  private static final Duration CLOSE_TIME = Duration.ofSeconds(1);

  /// What one walk came to so far.
  private static final class Walk {
    @Nullable Place after;
    long lacking;
    long restored;
    long mismatches;
  }

  private final Home home;
  private final Ledger ledger;
  private final ParticipantHost participant;
  private final Function<Restoration, Restoration.Result> conversations;
  private final Supplier<List<NodeId>> active;
  private final NodeClock clock;
  private final SecureRandom random = new SecureRandom();
  private final ScheduledExecutorService looker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("scrubber").daemon().factory());
  private final ScheduledExecutorService verifier =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("share-verifier").daemon().factory());
  private volatile @Nullable Long lacking;
  private Duration retry = RETRY;
  private Walk verifying = new Walk();

  /// @param conversations holds one to its result
  /// @param active the other nodes that may speak right now
  Scrubber(
      Home home,
      Ledger ledger,
      ParticipantHost participant,
      Function<Restoration, Restoration.Result> conversations,
      Supplier<List<NodeId>> active,
      NodeClock clock) {
    this.home = home;
    this.ledger = ledger;
    this.participant = participant;
    this.conversations = conversations;
    this.active = active;
    this.clock = clock;
  }

  /// Begins at once.
  void start() {
    after(looker, Duration.ZERO, this::look);
    after(verifier, VERIFY_PERIOD, this::verify);
  }

  /// How many shares the last quick walk found lacking and did not get back; empty before the first
  /// one is over.
  OptionalLong lacking() {
    Long known = lacking;
    return known == null ? OptionalLong.empty() : OptionalLong.of(known);
  }

  private void after(ScheduledExecutorService executor, Duration pause, Supplier<Duration> work) {
    if (!executor.isShutdown()) {
      var _ =
          executor.schedule(
              () -> after(executor, guarded(work), work), pause.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private Duration guarded(Supplier<Duration> work) {
    try {
      return ready() ? work.get() : RETRY;
    } catch (RuntimeException failed) {
      if (participant.serving()) {
        LOG.log(Level.WARNING, "looking for lacking shares failed, will try again", failed);
      }
      return PERIOD;
    }
  }

  private boolean ready() {
    return participant.serving() && active.get().size() >= home.membership().threshold();
  }

  /// One quick walk.
  ///
  /// @return how long to pause
  private Duration look() {
    long beganMillis = clock.millis();
    Walk walk = new Walk();
    boolean more = true;
    while (more) {
      Scrub.Page page =
          ledger.read(view -> Scrub.missing(view, walk.after, IN_FLIGHT * VERSIONS_TOGETHER_MAX));
      walk.after = page.next();
      restore(page.lacking(), walk);
      more = walk.after != null && ready();
    }
    long before = lacking().orElse(0);
    long left = walk.lacking - walk.restored;
    lacking = left;
    if (walk.restored > 0 || left != before) {
      tell("shares that were not there", walk);
    }
    if (left > 0) {
      retry = walk.restored > 0 ? RETRY : retry.multipliedBy(2);
      retry = retry.compareTo(RETRY_MAX) < 0 ? retry : RETRY_MAX;
      return retry;
    }
    retry = RETRY;
    Duration idle = Duration.ofMillis(PAUSE_FACTOR * (clock.millis() - beganMillis));
    return walk.lacking == 0 && idle.compareTo(PERIOD) > 0 ? idle : PERIOD;
  }

  /// Some steps of the slow walk.
  private Duration verify() {
    Walk walk = verifying;
    Scrub.Page page =
        ledger.read(view ->
            Scrub.unsound(
                view, home.judge(), walk.after, VERIFIED_TOGETHER_MAX, VERIFIED_BYTES_MAX));
    walk.after = page.next();
    restore(page.lacking(), walk);
    if (walk.after != null) {
      return VERIFY_PERIOD;
    }
    tell("shares that are not what was written", walk);
    verifying = new Walk();
    return VERIFY_PAUSE;
  }

  private static void tell(String what, Walk walk) {
    LOG.info(() ->
        "looked for "
            + what
            + ": "
            + walk.lacking
            + " found, "
            + walk.restored
            + " restored"
            + (walk.mismatches == 0
                ? ""
                : ", " + walk.mismatches + " times a node contributed something else"));
  }

  private void restore(List<Restoration.Version> versions, Walk walk) {
    walk.lacking += versions.size();
    List<List<Restoration.Version>> groups = together(versions);
    for (int i = 0; i < groups.size() && ready(); i += IN_FLIGHT) {
      SideBySide.forEach(
          groups.subList(i, Math.min(groups.size(), i + IN_FLIGHT)),
          group -> {
            Restoration.Result result =
                conversations.apply(
                    new Restoration(
                        home,
                        random.nextLong(),
                        active.get(),
                        group,
                        clock.millis() + RESTORE_TIME.toMillis()));
            install(result, walk);
          });
    }
  }

  private void install(Restoration.Result result, Walk walk) {
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    for (Request.Repair repair : result.repairs()) {
      replies.add(participant.stepOwn(repair));
    }
    long over = 0;
    for (int i = 0; i < replies.size(); i++) {
      // What was deleted meanwhile is not lacking any more.
      Reply reply = replies.get(i).join();
      over += reply instanceof Reply.Installed || reply instanceof Reply.NotWanted ? 1 : 0;
      result.repairs().get(i).share().close();
    }
    synchronized (walk) {
      walk.restored += over;
      walk.mismatches += result.mismatches();
    }
  }

  private static List<List<Restoration.Version>> together(List<Restoration.Version> versions) {
    return Bundles.of(
        versions,
        VERSIONS_TOGETHER_MAX,
        SHARE_BYTES_TOGETHER_MAX,
        version -> version.entry().sealOfVersion().shareBytes());
  }

  /// Waits for a look at the ledger that is under way, and interrupts none: the slot file would be
  /// closed by it. A restoration under way is left to itself, and comes to nothing.
  @Override
  public void close() {
    looker.shutdown();
    verifier.shutdown();
    try {
      boolean over =
          looker.awaitTermination(CLOSE_TIME.toMillis(), TimeUnit.MILLISECONDS)
              && verifier.awaitTermination(CLOSE_TIME.toMillis(), TimeUnit.MILLISECONDS);
      LOG.log(Level.FINE, "scrubbing is over: {0}", over);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
