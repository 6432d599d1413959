package io.quorumvault.protocol;

import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One page of the names in a namespace, merged from r nodes: a name that any of them knows is on
/// it.
///
/// Names about which the nodes differ, or above whose head something is pending, come back as
/// `unsure`: a read round has to tell how they stand.
public final class ListRound extends SingleRound<ListRound.Result> {
  /// What came of it.
  public sealed interface Result {
    /// @param sure heads that r nodes agree on, by name
    /// @param unsure names to read one by one
    /// @param upTo the page says nothing of names after this one; null if it is the last page
    record Page(
        NavigableMap<SecretId, Head> sure, NavigableSet<SecretId> unsure, @Nullable SecretId upTo)
        implements Result {}

    record NoQuorum(Shortfall why) implements Result {}
  }

  private final Home home;

  public ListRound(
      Home home,
      Namespace namespace,
      String prefix,
      @Nullable String after,
      int limit,
      long deadlineMillis) {
    super(home, new Request.ListHeads(namespace, prefix, after, limit), deadlineMillis);
    this.home = home;
  }

  @Override
  Optional<Result> assess(Round answers, NodeId from, Reply reply) {
    Map<NodeId, Reply.Listing> listings = answers.answers(Reply.Listing.class);
    return listings.size() >= home.membership().readQuorum()
        ? Optional.of(merge(List.copyOf(listings.values())))
        : Optional.empty();
  }

  @Override
  Result giveUp(Round answers, boolean late) {
    return new Result.NoQuorum(Shortfall.ofAnswers(late));
  }

  private static Result merge(List<Reply.Listing> listings) {
    // Each node vouches for its page up to its last name; together they vouch up to the least of
    // those.
    SecretId upTo = null;
    for (Reply.Listing listing : listings) {
      if (!listing.complete() && !listing.standings().isEmpty()) {
        SecretId last = listing.standings().getLast().id();
        if (upTo == null || last.compareTo(upTo) < 0) {
          upTo = last;
        }
      }
    }
    NavigableMap<SecretId, Head> sure = new TreeMap<>();
    NavigableMap<SecretId, Integer> seen = new TreeMap<>();
    NavigableSet<SecretId> unsure = new TreeSet<>();
    for (Reply.Listing listing : listings) {
      for (Reply.Standing standing : listing.standings()) {
        SecretId id = standing.id();
        if (upTo != null && id.compareTo(upTo) > 0) {
          continue;
        }
        Head head = standing.head();
        Head before = head == null ? sure.get(id) : sure.putIfAbsent(id, head);
        boolean differs = head == null || (before != null && !before.entry().equals(head.entry()));
        if (differs || !standing.pending().isEmpty()) {
          unsure.add(id);
        }
        seen.merge(id, 1, Integer::sum);
      }
    }
    seen.forEach((id, count) -> {
      if (count < listings.size()) {
        unsure.add(id);
      }
    });
    unsure.forEach(sure::remove);
    return new Result.Page(sure, unsure, upTo);
  }
}
