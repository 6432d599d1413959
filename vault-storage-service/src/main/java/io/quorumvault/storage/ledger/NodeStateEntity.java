package io.quorumvault.storage.ledger;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/// The one row about the node itself. Every commit counts its `sequence` up by one.
@Entity(name = "NodeState")
@Table(name = "node_state")
class NodeStateEntity extends Row {
  /// There is one row.
  static final int ID = 1;

  @Id
  @Column(name = "id")
  int id = ID;

  @Column(name = "cell")
  String cell;

  @Column(name = "node")
  int node;

  @Column(name = "nodes")
  int nodes;

  @Column(name = "threshold")
  int threshold;

  /// The identity of this storage, drawn when it was created.
  @Column(name = "life")
  long life;

  /// The identity of the slot file that belongs to it.
  @Column(name = "slot_file")
  byte[] slotFile;

  @Enumerated(EnumType.STRING)
  @Column(name = "mode_name")
  NodeMode mode;

  @Column(name = "epoch")
  long epoch;

  /// How often this storage was opened.
  @Column(name = "start_number")
  long start;

  /// Number of the last commit.
  @Column(name = "commit_number")
  long commits;

  /// Highest number given to the content of a large share.
  @Column(name = "last_content")
  long lastContent;

  @SuppressWarnings("NullAway.Init") // filled by JPA
  protected NodeStateEntity() {}

  NodeStateEntity(String cell, int node, int nodes, int threshold, long life, byte[] slotFile) {
    this.cell = cell;
    this.node = node;
    this.nodes = nodes;
    this.threshold = threshold;
    this.life = life;
    this.slotFile = slotFile;
    this.mode = NodeMode.NEW;
  }

  @Override
  RowDigest content() {
    return RowDigest.of("node_state")
        .text(cell)
        .number(node)
        .number(nodes)
        .number(threshold)
        .number(life)
        .bytes(slotFile)
        .text(mode.name())
        .number(epoch)
        .number(start)
        .number(commits)
        .number(lastContent);
  }

  @Override
  String label() {
    return "state of the node";
  }
}
