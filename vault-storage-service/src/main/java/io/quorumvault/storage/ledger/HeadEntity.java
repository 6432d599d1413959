package io.quorumvault.storage.ledger;

import io.quorumvault.protocol.Head;
import io.quorumvault.secret.SecretId;
import io.quorumvault.wire.RecordCodec;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;

/// The newest final entry of a name, with the operations that are remembered. Repeats the entry of
/// the chain, so that the question asked most often is one look-up.
@Entity(name = "Head")
@Table(name = "head")
@IdClass(HeadEntity.Key.class)
class HeadEntity extends Row {
  @Id
  @Column(name = "namespace")
  private String namespace;

  @Id
  @Column(name = "name")
  private String name;

  @Column(name = "record")
  private byte[] record;

  @SuppressWarnings("NullAway.Init") // filled by JPA
  protected HeadEntity() {}

  HeadEntity(SecretId id, Head head) {
    namespace = id.namespace().text();
    name = id.name().text();
    record = RecordCodec.encode(head);
    stamp();
  }

  void become(Head head) {
    record = RecordCodec.encode(head);
    stamp();
  }

  Head head() {
    return RecordCodec.decode(Head.class, record);
  }

  @Override
  RowDigest content() {
    return RowDigest.of("head").text(namespace).text(name).bytes(record);
  }

  @Override
  String label() {
    return "head of " + namespace + "/" + name;
  }

  static final class Key implements Serializable {
    String namespace;
    String name;

    @SuppressWarnings("NullAway.Init") // filled by JPA
    public Key() {}

    Key(SecretId id) {
      this.namespace = id.namespace().text();
      this.name = id.name().text();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key that
          && namespace.equals(that.namespace)
          && name.equals(that.name);
    }

    @Override
    public int hashCode() {
      return Objects.hash(namespace, name);
    }
  }
}
