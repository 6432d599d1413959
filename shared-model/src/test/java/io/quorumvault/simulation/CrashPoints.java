package io.quorumvault.simulation;

import io.quorumvault.protocol.NodeId;
import java.util.EnumMap;
import java.util.Map;

/// The moments at which a node can die: before and after every sync, and before every message that
/// leaves or is taken in. While armed they are numbered, and one of them is deadly.
final class CrashPoints {
  /// Where a node is in its work.
  enum Moment {
    /// A request of it is about to leave.
    SENDING,
    /// A request has arrived and nothing was done about it.
    TAKING,
    /// The changes of a step are about to be made durable.
    SYNCING,
    /// They are durable, and nobody was told.
    SYNCED,
    /// An answer to another node, or to a client, is about to leave.
    ANSWERING,
    /// An answer has arrived and nothing was done about it.
    HEARING
  }

  private final int deadly;
  private final Map<Moment, Integer> reached = new EnumMap<>(Moment.class);
  private boolean armed;
  private int count;

  /// @param deadly the number of the point at which a node dies, from 1; 0 for none
  CrashPoints(int deadly) {
    this.deadly = deadly;
  }

  void arm() {
    armed = true;
  }

  void disarm() {
    armed = false;
  }

  /// Whether the node dies here.
  boolean strikes(NodeId node, Moment moment) {
    if (!armed) {
      return false;
    }
    count++;
    reached.merge(moment, 1, Integer::sum);
    return count == deadly;
  }

  int count() {
    return count;
  }

  Map<Moment, Integer> reached() {
    return reached;
  }
}
