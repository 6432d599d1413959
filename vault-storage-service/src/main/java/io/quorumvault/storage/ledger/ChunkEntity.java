package io.quorumvault.storage.ledger;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;

/// A piece of a large sealed share. In pieces, because HSQLDB holds whole rows in memory: as one
/// row, a share of 1 MiB is read three times slower.
@Entity(name = "Chunk")
@Table(name = "share_chunk")
@IdClass(ChunkEntity.Key.class)
class ChunkEntity {
  @Id
  @Column(name = "content")
  private long content;

  @Id
  @Column(name = "ordinal")
  private int ordinal;

  @Column(name = "bytes")
  private byte[] bytes;

  @SuppressWarnings("NullAway.Init") // filled by JPA
  protected ChunkEntity() {}

  ChunkEntity(long content, int ordinal, byte[] bytes) {
    this.content = content;
    this.ordinal = ordinal;
    this.bytes = bytes;
  }

  static final class Key implements Serializable {
    long content;
    int ordinal;

    public Key() {}

    @Override
    public boolean equals(Object other) {
      return other instanceof Key that && content == that.content && ordinal == that.ordinal;
    }

    @Override
    public int hashCode() {
      return Objects.hash(content, ordinal);
    }
  }
}
