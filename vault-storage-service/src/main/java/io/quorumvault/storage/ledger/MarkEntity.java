package io.quorumvault.storage.ledger;

import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Reply;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;

/// Up to which counter the transactions of one coordinator's life are finished everywhere.
@Entity(name = "Mark")
@Table(name = "mark")
@IdClass(MarkEntity.Key.class)
class MarkEntity extends Row {
  @Id
  @Column(name = "coordinator")
  private int coordinator;

  @Id
  @Column(name = "start_number")
  private long start;

  @Column(name = "counter")
  private long counter;

  @SuppressWarnings("NullAway.Init") // filled by JPA
  protected MarkEntity() {}

  MarkEntity(NodeId coordinator, long start) {
    this.coordinator = coordinator.index();
    this.start = start;
  }

  void raiseTo(long newCounter) {
    counter = Math.max(counter, newCounter);
    stamp();
  }

  Reply.Mark mark() {
    return new Reply.Mark(new NodeId(coordinator), start, counter);
  }

  @Override
  RowDigest content() {
    return RowDigest.of("mark").number(coordinator).number(start).number(counter);
  }

  @Override
  String label() {
    return "mark " + coordinator + "." + start;
  }

  static final class Key implements Serializable {
    int coordinator;
    long start;

    public Key() {}

    Key(NodeId coordinator, long start) {
      this.coordinator = coordinator.index();
      this.start = start;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key that && coordinator == that.coordinator && start == that.start;
    }

    @Override
    public int hashCode() {
      return Objects.hash(coordinator, start);
    }
  }
}
