package io.quorumvault.storage.ledger;

import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.TxId;
import io.quorumvault.wire.RecordCodec;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;

/// What a transaction does to one name. Its transaction's row has the checksum over all its parts.
@Entity(name = "Part")
@Table(name = "transaction_part")
@IdClass(PartEntity.Key.class)
class PartEntity {
  @Id
  @Column(name = "coordinator")
  private int coordinator;

  @Id
  @Column(name = "start_number")
  private long start;

  @Id
  @Column(name = "counter")
  private long counter;

  @Id
  @Column(name = "ordinal")
  private int ordinal;

  @Column(name = "record")
  private byte[] record;

  @SuppressWarnings("NullAway.Init") // filled by JPA
  protected PartEntity() {}

  PartEntity(TxId txId, int ordinal, Part part) {
    coordinator = txId.coordinator().index();
    start = txId.start();
    counter = txId.counter();
    this.ordinal = ordinal;
    record = RecordCodec.encode(part);
  }

  TxId txId() {
    return new TxId(new NodeId(coordinator), start, counter);
  }

  byte[] record() {
    return record;
  }

  static final class Key implements Serializable {
    int coordinator;
    long start;
    long counter;
    int ordinal;

    public Key() {}

    @Override
    public boolean equals(Object other) {
      return other instanceof Key that
          && coordinator == that.coordinator
          && start == that.start
          && counter == that.counter
          && ordinal == that.ordinal;
    }

    @Override
    public int hashCode() {
      return Objects.hash(coordinator, start, counter, ordinal);
    }
  }
}
