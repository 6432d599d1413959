package io.quorumvault.storage.ledger;

import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Reply;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/// Which storage another node had when it was last heard of, and its start number.
@Entity(name = "Start")
@Table(name = "remembered_start")
class StartEntity extends Row {
  @Id
  @Column(name = "node")
  private int node;

  @Column(name = "life")
  private long life;

  @Column(name = "start_number")
  private long start;

  @SuppressWarnings("NullAway.Init") // filled by JPA
  protected StartEntity() {}

  StartEntity(NodeId node) {
    this.node = node.index();
  }

  void remember(Reply.Remembered remembered) {
    life = remembered.life();
    start = remembered.start();
    stamp();
  }

  Reply.Remembered remembered() {
    return new Reply.Remembered(life, start);
  }

  @Override
  RowDigest content() {
    return RowDigest.of("remembered_start").number(node).number(life).number(start);
  }

  @Override
  String label() {
    return "remembered start of node " + node;
  }
}
