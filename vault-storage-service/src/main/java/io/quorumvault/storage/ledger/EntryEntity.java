package io.quorumvault.storage.ledger;

import io.quorumvault.protocol.Entry;
import io.quorumvault.secret.SecretId;
import io.quorumvault.wire.RecordCodec;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;

/// One final entry of a name's chain.
@Entity(name = "Entry")
@Table(name = "chain_entry")
@IdClass(EntryEntity.Key.class)
class EntryEntity extends Row {
  @Id
  @Column(name = "namespace")
  private String namespace;

  @Id
  @Column(name = "name")
  private String name;

  @Id
  @Column(name = "seq")
  private long seq;

  @Column(name = "record")
  private byte[] record;

  @SuppressWarnings("NullAway.Init") // filled by JPA
  protected EntryEntity() {}

  EntryEntity(SecretId id, Entry entry) {
    namespace = id.namespace().text();
    name = id.name().text();
    seq = entry.seq();
    record = RecordCodec.encode(entry);
    stamp();
  }

  SecretId id() {
    return SecretId.of(namespace, name);
  }

  Entry entry() {
    return RecordCodec.decode(Entry.class, record);
  }

  @Override
  RowDigest content() {
    return RowDigest.of("chain_entry").text(namespace).text(name).number(seq).bytes(record);
  }

  @Override
  String label() {
    return "entry " + seq + " of " + namespace + "/" + name;
  }

  static final class Key implements Serializable {
    String namespace;
    String name;
    long seq;

    @SuppressWarnings("NullAway.Init") // filled by JPA
    public Key() {}

    Key(SecretId id, long seq) {
      this.namespace = id.namespace().text();
      this.name = id.name().text();
      this.seq = seq;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key that
          && namespace.equals(that.namespace)
          && name.equals(that.name)
          && seq == that.seq;
    }

    @Override
    public int hashCode() {
      return Objects.hash(namespace, name, seq);
    }
  }
}
