package io.quorumvault.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a node asks of the others when it starts: whether they remember it, and with what.
///
/// | own storage | the others | it is |
/// |---|---|---|
/// | never active | enough answered, none remembers another life of it | `NEW`: may begin |
/// | never active | somebody remembers another life, or this start number | `LOST`: must join |
/// | never active | too few answered | `UNCLEAR`: must wait and ask again |
/// | was active | somebody remembers this start number or a higher one | `LOST`: must join |
/// | was active | nobody remembers more | `KNOWN`: may go on |
///
/// Whoever became active is remembered by a join quorum, so a blank storage must hear from enough
/// nodes to meet each of those. Only active nodes count, since the others may have lost their
/// memory themselves; or all of them, since then nobody is left who could know more: the first
/// start of a cell.
///
/// A storage that was found lost begins again with a start number far above those before. So the
/// numbers also order the lives of a node, and a peer that missed the last one accuses nobody.
///
/// Each introduction needs a start number that none before it used. A storage that was once found
/// lost joins (`Rejoin`), however often it is started until then; it is not introduced again.
public final class Introduction implements Conversation<Introduction.Result> {
  /// What the node is.
  public enum Standing {
    NEW,
    KNOWN,
    LOST,
    UNCLEAR
  }

  /// @param startAtLeast a start number above all that were used before
  /// @param epoch the highest epoch heard of
  public record Result(Standing standing, long startAtLeast, long epoch) {}

  /// How far a start number moves past what others remember: the lost storage may have been started
  /// more often than anybody was told.
  static final long START_MARGIN = 1_000_000;

  private final Home home;
  private final long life;
  private final long start;
  private final boolean wasActive;
  private final long deadlineMillis;
  private Round round;
  private boolean over;

  public Introduction(Home home, long life, long start, boolean wasActive, long deadlineMillis) {
    this.home = home;
    this.life = life;
    this.start = start;
    this.wasActive = wasActive;
    this.deadlineMillis = deadlineMillis;
    List<NodeId> others = new ArrayList<>(home.membership().everyNode());
    others.remove(home.self());
    this.round = Round.ask(1, others, node -> new Request.Hello(home.self(), life, start));
  }

  @Override
  public Turn<Result> begin(long nowMillis) {
    return Turn.sending(round.calls(), deadlineMillis);
  }

  @Override
  public Turn<Result> heard(long nowMillis, Call call, Reply reply) {
    if (over || !round.take(call, reply) || !round.complete()) {
      return Turn.waiting(over ? Turn.NEVER : deadlineMillis);
    }
    return conclude();
  }

  @Override
  public Turn<Result> woken(long nowMillis) {
    return over || nowMillis < deadlineMillis
        ? Turn.waiting(over ? Turn.NEVER : deadlineMillis)
        : conclude();
  }

  private Turn<Result> conclude() {
    over = true;
    boolean lost = false;
    long startAtLeast = start;
    long epoch = home.epoch();
    int answers = 0;
    int activeAnswers = 0;
    for (Reply.Greeting greeting : round.answers(Reply.Greeting.class).values()) {
      answers++;
      activeAnswers += greeting.active() ? 1 : 0;
      epoch = Math.max(epoch, greeting.epoch());
      Optional<Reply.Remembered> remembered = Optional.ofNullable(greeting.remembered());
      if (remembered.isPresent()) {
        boolean otherLife = !wasActive && remembered.get().life() != life;
        boolean beyond = remembered.get().start() >= start;
        if (otherLife || beyond) {
          lost = true;
          startAtLeast = Math.max(startAtLeast, remembered.get().start() + START_MARGIN);
        }
      }
    }
    Standing standing;
    if (lost) {
      standing = Standing.LOST;
    } else if (wasActive) {
      standing = Standing.KNOWN;
    } else {
      int others = home.membership().nodes() - 1;
      boolean enough = activeAnswers + home.membership().joinQuorum() > others || answers == others;
      standing = enough ? Standing.NEW : Standing.UNCLEAR;
    }
    return Turn.done(new Result(standing, startAtLeast, epoch));
  }
}
