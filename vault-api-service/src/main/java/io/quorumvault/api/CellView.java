package io.quorumvault.api;

import io.quorumvault.api.nodes.Attempt;
import io.quorumvault.protocol.Membership;
import io.quorumvault.wire.ConditionAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How the nodes of a cell are, as they say themselves.
///
/// @param nodes every node of the cell, in the order of their numbers
public record CellView(Membership membership, List<Node> nodes) {
  /// One node.
  ///
  /// @param shareMargin see `ConditionAnswer`
  /// @param sharesLacking see `ConditionAnswer`
  public record Node(
      int index, State state, @Nullable Integer shareMargin, @Nullable Long sharesLacking) {}

  /// What a node said.
  public enum State {
    /// That it takes part.
    ACTIVE,
    /// That it does not.
    INACTIVE,
    /// That it does not tell.
    REFUSING,
    /// Nothing in time.
    AWAY;

    /// The word for it in answers.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public CellView {
    nodes = List.copyOf(nodes);
  }

  /// @param attempts one for each node, in the order of their numbers
  static CellView of(Membership membership, List<Attempt<ConditionAnswer>> attempts) {
    List<Node> nodes = new ArrayList<>();
    for (Attempt<ConditionAnswer> attempt : attempts) {
      int index = nodes.size() + 1;
      nodes.add(
          switch (attempt) {
            case Attempt.Answered<ConditionAnswer>(ConditionAnswer condition) ->
                new Node(
                    index,
                    condition.active() ? State.ACTIVE : State.INACTIVE,
                    condition.shareMargin(),
                    condition.sharesLacking());
            case Attempt.Refused<ConditionAnswer> _ -> new Node(index, State.REFUSING, null, null);
            case Attempt.NotSent<ConditionAnswer> _, Attempt.Unanswered<ConditionAnswer> _ ->
                new Node(index, State.AWAY, null, null);
          });
    }
    return new CellView(membership, nodes);
  }

  /// The least that any node met; empty if nothing was read lately.
  public Optional<Integer> shareMargin() {
    return nodes.stream().map(Node::shareMargin).filter(Objects::nonNull).min(Integer::compareTo);
  }
}
