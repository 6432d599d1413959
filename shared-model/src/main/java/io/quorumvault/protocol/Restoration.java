package io.quorumvault.protocol;

import io.quorumvault.sealing.Contribution;
import io.quorumvault.sealing.ContributionSum;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Share;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How a node gets back shares that it lacks, without anybody's token and without the value or
/// another node's share being known to anyone: from the masked contributions of k helpers, whose
/// masks cancel in their sum (`sealing.Contribution`).
///
/// | state | event | next |
/// |---|---|---|
/// | convening | all k helpers say that they share masks | asking them for each version |
/// | convening | one does not | another circle |
/// | asking | all answers are in, or the time is up | sums that are the lost share are kept; for the rest another circle |
/// | any | no circle is left to try for any version | over |
///
/// A helper that lacks the share itself, or does not want the version, is left out for that
/// version. A sum that is not the lost share names no liar, so another set of helpers is tried.
///
/// The result is what the node has to tell itself: `Repair` installs a share only if the version is
/// still wanted and the share is its, whatever happened meanwhile. Shares come back bit for bit, so
/// it may all be done twice.
public final class Restoration implements Conversation<Restoration.Result> {
  /// Circles tried at most. With one liar among m helpers at most k of the first m sets fail.
  private static final int CIRCLES_MAX = 16;

  /// A version whose share is lacking.
  public record Version(SecretId id, Entry entry) {
    Place place() {
      return new Place(id, entry.seq());
    }
  }

  /// @param repairs one for each share that was restored; the shares are the taker's
  /// @param failed how many versions are still without
  /// @param mismatches how many sums were not the lost share: somebody contributed something else
  public record Result(List<Request.Repair> repairs, int failed, int mismatches) {
    public Result {
      repairs = List.copyOf(repairs);
    }
  }

  private enum State {
    CONVENING,
    ASKING,
    OVER
  }

  /// One version that is not restored yet.
  private static final class Open {
    final Version version;

    /// What the present circle has contributed to it; null if it is not asked for it.
    @Nullable ContributionSum sum;

    int added;

    /// Helpers that cannot contribute to it.
    final Set<NodeId> unable = new HashSet<>();

    /// Sets of helpers that came to nothing.
    final Set<List<NodeId>> tried = new HashSet<>();

    Open(Version version) {
      this.version = version;
    }
  }

  private final Home home;
  private final long session;
  private final long deadlineMillis;
  private final RoundNumbers numbers = new RoundNumbers();
  private final List<NodeId> helpers = new ArrayList<>();
  private final Map<Place, Open> open = new LinkedHashMap<>();
  private final List<Request.Repair> repairs = new ArrayList<>();
  private State state = State.CONVENING;
  private int circles;
  private int mismatches;
  private List<NodeId> set = List.of();
  private Round convening =
      Round.ask(0, List.of(), node -> new Request.ReadHeads(List.of(), false));
  private final Set<Call> awaited = new HashSet<>();

  /// @param session never used before by this node, and nothing that others could foresee
  /// @param helpers other nodes that may speak right now; where the search begins depends on the
  ///   session, so that the work is spread
  public Restoration(
      Home home, long session, List<NodeId> helpers, List<Version> versions, long deadlineMillis) {
    this.home = home;
    this.session = session;
    this.deadlineMillis = deadlineMillis;
    List<NodeId> others = helpers.stream().filter(node -> !node.equals(home.self())).toList();
    int first = others.isEmpty() ? 0 : Math.floorMod(session, others.size());
    this.helpers.addAll(others.subList(first, others.size()));
    this.helpers.addAll(others.subList(0, first));
    versions.forEach(version -> open.put(version.place(), new Open(version)));
  }

  @Override
  public Turn<Result> begin(long nowMillis) {
    return tryNext();
  }

  @Override
  public Turn<Result> heard(long nowMillis, Call call, Reply reply) {
    return switch (state) {
      case CONVENING -> {
        if (!convening.take(call, reply)) {
          yield waitOn();
        }
        if (reply instanceof Reply.Convened) {
          yield convening.complete() ? ask() : waitOn();
        }
        if (reply instanceof Reply.Unreachable || reply instanceof Reply.Joining) {
          helpers.remove(call.to());
        }
        open.values().forEach(each -> each.tried.add(set));
        yield tryNext();
      }
      case ASKING -> {
        if (!awaited.remove(call)) {
          yield waitOn();
        }
        if (call.request() instanceof Request.Contribute asked) {
          take(asked, call.to(), reply);
        }
        if (!awaited.isEmpty()) {
          yield waitOn();
        }
        open.values().forEach(Restoration::drop);
        yield tryNext();
      }
      case OVER -> waitOn();
    };
  }

  @Override
  public Turn<Result> woken(long nowMillis) {
    if (state == State.OVER || nowMillis < deadlineMillis) {
      return waitOn();
    }
    return over();
  }

  /// Convenes the next circle that could help the first version that anybody could help.
  private Turn<Result> tryNext() {
    Optional<List<NodeId>> next =
        circles == CIRCLES_MAX
            ? Optional.empty()
            : open.values().stream().flatMap(each -> untried(each).stream()).findFirst();
    if (next.isEmpty()) {
      return over();
    }
    circles++;
    state = State.CONVENING;
    set = next.get();
    Request.Convene convene = new Request.Convene(circle());
    convening = Round.ask(numbers.next(), set, node -> convene);
    return Turn.sending(convening.calls(), deadlineMillis);
  }

  private Optional<List<NodeId>> untried(Open each) {
    List<NodeId> able = helpers.stream().filter(node -> !each.unable.contains(node)).toList();
    return sets(able, home.membership().threshold()).stream()
        .filter(candidate -> !each.tried.contains(candidate))
        .findFirst();
  }

  /// Some ways to choose k nodes, each in ascending order: first the neighbours, which differ most
  /// from each other, then the rest in their order.
  private static Set<List<NodeId>> sets(List<NodeId> nodes, int k) {
    Set<List<NodeId>> sets = new LinkedHashSet<>();
    int[] chosen = new int[k];
    if (nodes.size() < k) {
      return sets;
    }
    for (int first = 0; first < nodes.size() && sets.size() < CIRCLES_MAX; first++) {
      for (int i = 0; i < k; i++) {
        chosen[i] = (first + i) % nodes.size();
      }
      sets.add(choose(nodes, chosen));
    }
    for (int i = 0; i < k; i++) {
      chosen[i] = i;
    }
    boolean more = true;
    while (more && sets.size() < 2 * CIRCLES_MAX) {
      sets.add(choose(nodes, chosen));
      more = advance(chosen, nodes.size());
    }
    return sets;
  }

  private static List<NodeId> choose(List<NodeId> nodes, int[] chosen) {
    List<NodeId> set = new ArrayList<>();
    for (int index : chosen) {
      set.add(nodes.get(index));
    }
    return set.stream().sorted().toList();
  }

  /// The next combination in lexicographic order; false after the last one.
  private static boolean advance(int[] chosen, int of) {
    int last = chosen.length - 1;
    int at = last;
    while (at >= 0 && chosen[at] == of - 1 - (last - at)) {
      at--;
    }
    if (at < 0) {
      return false;
    }
    chosen[at]++;
    for (int i = at + 1; i <= last; i++) {
      chosen[i] = chosen[i - 1] + 1;
    }
    return true;
  }

  private Circle circle() {
    return new Circle(home.self(), session, set);
  }

  /// Asks the circle for every version that it could help.
  private Turn<Result> ask() {
    state = State.ASKING;
    int round = numbers.next();
    Circle circle = circle();
    List<Call> calls = new ArrayList<>();
    for (Open each : open.values()) {
      if (each.tried.contains(set) || set.stream().anyMatch(each.unable::contains)) {
        continue;
      }
      each.tried.add(set);
      each.sum = new ContributionSum(each.version.entry().sealOfVersion().shareBytes());
      Request.Contribute contribute =
          new Request.Contribute(
              circle, each.version.id(), each.version.entry().seq(), each.version.entry().txId());
      set.forEach(node -> calls.add(new Call(node, round, contribute)));
    }
    awaited.addAll(calls);
    return Turn.sending(calls, deadlineMillis);
  }

  private void take(Request.Contribute asked, NodeId from, Reply reply) {
    Open each = open.get(new Place(asked.id(), asked.seq()));
    if (each == null || each.sum == null) {
      return;
    }
    if (reply instanceof Reply.Unreachable || reply instanceof Reply.Joining) {
      helpers.remove(from);
    } else if (reply instanceof Reply.Contributed(Contribution given) && given != null) {
      if (each.sum.add(given)) {
        each.added++;
      }
      given.close();
      if (each.added == set.size()) {
        judge(each, each.sum);
      }
    } else {
      each.unable.add(from);
    }
  }

  private void judge(Open each, ContributionSum sum) {
    Version version = each.version;
    Share share = sum.toShare(home.self().index());
    if (home.judge().vouches(version.id(), version.entry(), share)) {
      Entry entry = version.entry();
      repairs.add(new Request.Repair(version.id(), entry.seq(), entry.txId(), share));
      drop(each);
      open.remove(version.place());
    } else {
      share.close();
      mismatches++;
    }
  }

  private static void drop(Open each) {
    if (each.sum != null) {
      each.sum.close();
    }
    each.sum = null;
    each.added = 0;
  }

  private Turn<Result> over() {
    state = State.OVER;
    open.values().forEach(Restoration::drop);
    return Turn.done(new Result(repairs, open.size(), mismatches));
  }

  private Turn<Result> waitOn() {
    return Turn.waiting(state == State.OVER ? Turn.NEVER : deadlineMillis);
  }
}
