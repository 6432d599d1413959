package io.quorumvault.simulation;

import static io.quorumvault.simulation.Stage.A;
import static io.quorumvault.simulation.Stage.B;
import static io.quorumvault.simulation.Stage.C;
import static io.quorumvault.simulation.Stage.NAME;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.protocol.ChainRound;
import io.quorumvault.protocol.ListRound;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.ReadRound;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.ShareRound;
import io.quorumvault.protocol.Shortfall;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Why a read has no answer: the others are away, time is over, or what is stored is damaged. Five
/// nodes, of which any three give a secret back.
class ShortfallTest {
  private static final NodeId D = new NodeId(4);
  private static final NodeId E = new NodeId(5);
  private static final NodeId[] ALL = {A, B, C, D, E};

  private final Stage stage = new Stage(5, 3);

  /// A version that is final everywhere, and whose shares are good at these nodes only.
  private Stage.Draft heldBy(NodeId... nodes) {
    Stage.Draft draft = stage.create(A, NAME).committedAt(ALL);
    for (NodeId node : ALL) {
      if (!List.of(nodes).contains(node)) {
        stage.disk(node).rot(NAME, draft.part().entry().seq());
      }
    }
    return draft;
  }

  private Stage.Talk<ReadRound.Result> read() {
    return stage.talk(new ReadRound(stage.home(A), List.of(NAME), true, stage.deadline()));
  }

  private static Shortfall scarcity(Stage.Talk<ReadRound.Result> read) {
    return assertInstanceOf(ReadRound.Result.TooFewShares.class, read.result().orElseThrow()).why();
  }

  private static Shortfall silence(Stage.Talk<ReadRound.Result> read) {
    return assertInstanceOf(ReadRound.Result.NoQuorum.class, read.result().orElseThrow()).why();
  }

  @Test
  void shares_that_nobody_who_is_silent_can_make_up_for_are_damaged() {
    heldBy(A, B);

    assertEquals(Shortfall.DAMAGED, scarcity(read().deliver(ALL).deliver(ALL)));
  }

  @Test
  void that_is_said_without_waiting_for_one_who_could_not_change_it() {
    heldBy(A);

    assertEquals(Shortfall.DAMAGED, scarcity(read().deliver(A, B, C, D).deliver(A, B, C, D)));
  }

  @Test
  void shares_that_a_node_which_is_away_may_hold_are_not_damaged() {
    heldBy(A, B);

    assertEquals(Shortfall.AWAY, scarcity(read().deliver(A, B, C, D).lose(E)));
  }

  @Test
  void damage_is_looked_at_twice() {
    Stage.Draft draft = heldBy(A, B);

    Stage.Talk<ReadRound.Result> read = read().deliver(ALL);
    assertTrue(read.result().isEmpty());
    stage.tell(C, draft.repairFor(C));
    read.deliver(ALL);

    assertEquals(10, read.sent(Request.ReadHeads.class).size());
    assertInstanceOf(ReadRound.Result.Found.class, read.result().orElseThrow());
  }

  @Test
  void nodes_that_hang_make_a_read_late_and_nodes_that_are_down_do_not() {
    heldBy(A, B, C);

    Stage.Talk<ReadRound.Result> late = read().deliver(A, B).wake();
    assertEquals(Shortfall.OUT_OF_TIME, silence(late));

    List.of(C, D, E).forEach(stage::suspect);
    Stage.Talk<ReadRound.Result> alone = read().deliver(A, B).wake();
    assertEquals(Shortfall.AWAY, silence(alone));
    assertEquals(Shortfall.AWAY, silence(read().deliver(A, B).lose(C, D, E)));
  }

  @Test
  void so_it_is_with_shares_of_one_version() {
    Stage.Draft draft = heldBy(A, B);
    assertEquals(Shortfall.DAMAGED, ofShares(shares(draft).deliver(ALL)));
    assertEquals(Shortfall.AWAY, ofShares(shares(draft).deliver(A, B, C, D).lose(E)));
    assertEquals(Shortfall.OUT_OF_TIME, ofShares(shares(draft).deliver(A, B).wake()));
  }

  private Stage.Talk<ShareRound.Result> shares(Stage.Draft draft) {
    return stage.talk(new ShareRound(stage.home(A), NAME, draft.part().entry(), stage.deadline()));
  }

  private static Shortfall ofShares(Stage.Talk<ShareRound.Result> talk) {
    return assertInstanceOf(ShareRound.Result.TooFew.class, talk.result().orElseThrow()).why();
  }

  @Test
  void so_it_is_with_histories_and_lists() {
    Stage.Talk<ChainRound.Result> chain =
        stage.talk(new ChainRound(stage.home(A), NAME, 7, 1, stage.deadline())).deliver(A).wake();
    assertEquals(
        Shortfall.OUT_OF_TIME,
        assertInstanceOf(ChainRound.Result.Incomplete.class, chain.result().orElseThrow()).why());
    Stage.Talk<ListRound.Result> list =
        stage
            .talk(new ListRound(stage.home(A), NAME.namespace(), "", null, 10, stage.deadline()))
            .deliver(A)
            .lose(B, C, D, E);
    assertEquals(
        Shortfall.AWAY,
        assertInstanceOf(ListRound.Result.NoQuorum.class, list.result().orElseThrow()).why());
  }
}
