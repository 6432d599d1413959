package io.quorumvault.storage.ledger;

import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.NodeView;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.TransactionRecord;
import io.quorumvault.protocol.TxId;
import io.quorumvault.wire.RecordCodec;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;

/// What the node knows of one transaction, except for its parts. These stand in rows of their own:
/// they do not change while promises and acceptances do, and there may be a thousand.
@Entity(name = "Transaction")
@Table(name = "vault_transaction")
@IdClass(TransactionEntity.Key.class)
class TransactionEntity extends Row {
  @Id
  @Column(name = "coordinator")
  private int coordinator;

  @Id
  @Column(name = "start_number")
  private long start;

  @Id
  @Column(name = "counter")
  private long counter;

  @Column(name = "is_open")
  private boolean open;

  @Column(name = "record")
  private byte[] record;

  @Column(name = "parts")
  private int parts;

  /// Over all part rows in order, so that a missing one is noticed.
  @Column(name = "parts_checksum")
  private byte[] partsChecksum;

  @SuppressWarnings("NullAway.Init") // filled by JPA
  protected TransactionEntity() {}

  @SuppressWarnings("NullAway.Init") // filled by become
  TransactionEntity(TransactionRecord known) {
    coordinator = known.id().coordinator().index();
    start = known.id().start();
    counter = known.id().counter();
    become(known);
  }

  final void become(TransactionRecord known) {
    open = known.open();
    record = RecordCodec.encode(withParts(known, List.of()));
    parts = known.parts().size();
    partsChecksum = checksum(known.parts().stream().map(RecordCodec::encode).toList());
    stamp();
  }

  TxId id() {
    return new TxId(new NodeId(coordinator), start, counter);
  }

  int parts() {
    return parts;
  }

  /// Without its parts, which need not be read for it.
  NodeView.Settled settled() {
    return new NodeView.Settled(
        id(), RecordCodec.decode(TransactionRecord.class, record).openedMillis());
  }

  /// The record together with its parts.
  ///
  /// @param partRecords all of them, in order
  TransactionRecord known(List<byte[]> partRecords) {
    if (partRecords.size() != parts
        || !MessageDigest.isEqual(partsChecksum, checksum(partRecords))) {
      throw new LedgerException.Corrupt(label() + ": its parts do not match their checksum");
    }
    TransactionRecord without = RecordCodec.decode(TransactionRecord.class, record);
    return withParts(
        without, partRecords.stream().map(bytes -> RecordCodec.decode(Part.class, bytes)).toList());
  }

  private static TransactionRecord withParts(TransactionRecord known, List<Part> parts) {
    return new TransactionRecord(
        known.id(),
        known.staged(),
        known.promised(),
        known.accepted(),
        known.outcome(),
        parts,
        known.openedMillis());
  }

  private static byte[] checksum(List<byte[]> partRecords) {
    RowDigest digest = RowDigest.of("vault_transaction.parts");
    partRecords.forEach(digest::bytes);
    return digest.finish();
  }

  @Override
  RowDigest content() {
    return RowDigest.of("vault_transaction")
        .number(coordinator)
        .number(start)
        .number(counter)
        .number(open ? 1 : 0)
        .bytes(record)
        .number(parts)
        .bytes(partsChecksum);
  }

  @Override
  String label() {
    return "transaction " + coordinator + "." + start + "." + counter;
  }

  static final class Key implements Serializable {
    int coordinator;
    long start;
    long counter;

    public Key() {}

    Key(TxId id) {
      this.coordinator = id.coordinator().index();
      this.start = id.start();
      this.counter = id.counter();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key that
          && coordinator == that.coordinator
          && start == that.start
          && counter == that.counter;
    }

    @Override
    public int hashCode() {
      return Objects.hash(coordinator, start, counter);
    }
  }
}
