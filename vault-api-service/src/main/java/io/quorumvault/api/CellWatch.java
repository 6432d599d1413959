package io.quorumvault.api;

import io.quorumvault.api.nodes.StorageNodes;
import io.quorumvault.wire.StandingAnswer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Says how the cell is, as its nodes see it. Asks them at most once a second however often it is
/// asked itself, so that a public question cannot become load on the nodes. Safe for use by several
/// threads.
public final class CellWatch {
  /// How old an answer may be.
  private static final Duration AGE_MOST = Duration.ofSeconds(1);

  private final StorageNodes nodes;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile @Nullable Seen last;

  public CellWatch(StorageNodes nodes) {
    this.nodes = nodes;
  }

  /// Returns within the time set for one node's answer, plus that of a question already under way.
  public Standing standing() {
    Seen seen = last;
    if (seen != null && !seen.until().passed()) {
      return seen.standing();
    }
    asking.lock();
    try {
      seen = last;
      if (seen == null || seen.until().passed()) {
        seen = new Seen(judge(nodes.standings().values()), Deadline.in(AGE_MOST));
        last = seen;
      }
      return seen.standing();
    } finally {
      asking.unlock();
    }
  }

  /// The cell can do what an active node within reach says it can do.
  static Standing judge(Collection<Optional<StandingAnswer>> answers) {
    List<StandingAnswer> active =
        answers.stream().flatMap(Optional::stream).filter(StandingAnswer::active).toList();
    return new Standing(
        active.stream().anyMatch(StandingAnswer::reads),
        active.stream().anyMatch(StandingAnswer::writes),
        active.size() == answers.size());
  }

  private record Seen(Standing standing, Deadline until) {}
}
