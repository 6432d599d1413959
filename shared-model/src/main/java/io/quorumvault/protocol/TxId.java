package io.quorumvault.protocol;

import java.util.Comparator;

/// The name of one transaction, never used twice; also the `writeId` under which its shares
/// combine.
///
/// @param coordinator the node that made it
/// @param start the start number of that node's life: larger after each restart
/// @param counter 1, 2, 3 … within that life
public record TxId(NodeId coordinator, long start, long counter) implements Comparable<TxId> {
  private static final Comparator<TxId> ORDER =
      Comparator.comparing(TxId::coordinator)
          .thenComparingLong(TxId::start)
          .thenComparingLong(TxId::counter);

  public TxId {
    if (start < 1 || counter < 1) {
      throw new IllegalArgumentException("transaction id (expected: positive numbers)");
    }
  }

  @Override
  public int compareTo(TxId other) {
    return ORDER.compare(this, other);
  }

  /// The text that stands for this transaction in sealing contexts and logs, for example `2.7.31`.
  @Override
  public String toString() {
    return coordinator.index() + "." + start + "." + counter;
  }
}
