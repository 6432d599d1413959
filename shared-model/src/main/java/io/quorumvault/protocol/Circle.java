package io.quorumvault.protocol;

import java.util.List;

/// The nodes that together give one node its lost shares, without any of them learning another's.
///
/// @param target who lacks the shares
/// @param session drawn by the target; with the rest it names the circle, so that no two sets of
///   helpers and no two attempts have masks in common
/// @param helpers at least two, ascending, each once, the target not among them; anything else is
///   an `IllegalArgumentException`
public record Circle(NodeId target, long session, List<NodeId> helpers) {
  public Circle {
    helpers = List.copyOf(helpers);
    for (int i = 0; i < helpers.size(); i++) {
      if (helpers.get(i).equals(target)
          || (i > 0 && helpers.get(i - 1).compareTo(helpers.get(i)) >= 0)) {
        throw new IllegalArgumentException("helpers (expected: ascending, without the target)");
      }
    }
    if (helpers.size() < 2) {
      throw new IllegalArgumentException("helpers (expected: at least two)");
    }
  }

  /// Whether it is one of this cell: exactly k helpers, no node that does not exist.
  boolean fits(Membership membership) {
    return helpers.size() == membership.threshold()
        && helpers.getLast().index() <= membership.nodes()
        && target.index() <= membership.nodes();
  }

  List<Integer> points() {
    return helpers.stream().map(NodeId::index).toList();
  }
}
