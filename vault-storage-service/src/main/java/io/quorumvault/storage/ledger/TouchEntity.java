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

/// That an open transaction touches a name: from the name to its locks. Follows from the
/// transactions, and is checked against them at every start.
@Entity(name = "Touch")
@Table(name = "touch")
@IdClass(TouchEntity.Key.class)
class TouchEntity {
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

  @SuppressWarnings("NullAway.Init") // filled by JPA
  protected TouchEntity() {}

  TouchEntity(SecretId id, TxId txId) {
    namespace = id.namespace().text();
    name = id.name().text();
    coordinator = txId.coordinator().index();
    start = txId.start();
    counter = txId.counter();
  }

  SecretId id() {
    return SecretId.of(namespace, name);
  }

  TxId txId() {
    return new TxId(new NodeId(coordinator), start, counter);
  }

  static final class Key implements Serializable {
    String namespace;
    String name;
    int coordinator;
    long start;
    long counter;

    @SuppressWarnings("NullAway.Init") // filled by JPA
    public Key() {}

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
