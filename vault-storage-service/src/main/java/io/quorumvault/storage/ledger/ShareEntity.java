package io.quorumvault.storage.ledger;

import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.TxId;
import io.quorumvault.secret.SecretId;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One sealed share: staged, or of a final entry. The key that opens it is in a slot of the slot
/// file and nowhere else. A large share's bytes are in the rows of its content number.
@Entity(name = "Share")
@Table(name = "share")
@IdClass(ShareEntity.Key.class)
class ShareEntity extends Row {
  /// The position of a share that is staged.
  static final long STAGED = 0;

  /// The content number of a share that stands in the row itself.
  static final long INLINE = 0;

  @Id
  @Column(name = "namespace")
  private String namespace;

  @Id
  @Column(name = "name")
  private String name;

  @Id
  @Column(name = "coordinator")
  private int coordinator;

  @Id
  @Column(name = "start_number")
  private long start;

  @Id
  @Column(name = "counter")
  private long counter;

  @Column(name = "seq")
  private long seq;

  @Column(name = "slot")
  private int slot;

  @Column(name = "content")
  private long content;

  @Column(name = "sealed")
  private byte @Nullable [] sealed;

  @SuppressWarnings("NullAway.Init") // filled by JPA
  protected ShareEntity() {}

  ShareEntity(SecretId id, TxId txId) {
    namespace = id.namespace().text();
    name = id.name().text();
    coordinator = txId.coordinator().index();
    start = txId.start();
    counter = txId.counter();
  }

  void place(long newSeq) {
    seq = newSeq;
    stamp();
  }

  void fill(int newSlot, long newContent, byte @Nullable [] newSealed) {
    slot = newSlot;
    content = newContent;
    sealed = newSealed;
  }

  SecretId id() {
    return SecretId.of(namespace, name);
  }

  TxId txId() {
    return new TxId(new NodeId(coordinator), start, counter);
  }

  boolean staged() {
    return seq == STAGED;
  }

  long seq() {
    return seq;
  }

  int slot() {
    return slot;
  }

  long contentNumber() {
    return content;
  }

  byte @Nullable [] sealed() {
    return sealed;
  }

  /// Without the sealed bytes, which have their own authentication.
  @Override
  RowDigest content() {
    return RowDigest.of("share")
        .text(namespace)
        .text(name)
        .number(coordinator)
        .number(start)
        .number(counter)
        .number(seq)
        .number(slot)
        .number(content);
  }

  @Override
  String label() {
    return "share of " + namespace + "/" + name + " by " + txId();
  }

  static final class Key implements Serializable {
    String namespace;
    String name;
    int coordinator;
    long start;
    long counter;

    @SuppressWarnings("NullAway.Init") // filled by JPA
    public Key() {}

    Key(SecretId id, TxId txId) {
      this.namespace = id.namespace().text();
      this.name = id.name().text();
      this.coordinator = txId.coordinator().index();
      this.start = txId.start();
      this.counter = txId.counter();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key that
          && namespace.equals(that.namespace)
          && name.equals(that.name)
          && coordinator == that.coordinator
          && start == that.start
          && counter == that.counter;
    }

    @Override
    public int hashCode() {
      return Objects.hash(namespace, name, coordinator, start, counter);
    }
  }
}
