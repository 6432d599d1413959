package io.quorumvault.storage.ledger;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/// The content of a large share whose key is destroyed: to be deleted when there is time. A
/// thousand versions of a mebibyte would not fit in memory within one transaction.
@Entity(name = "Discard")
@Table(name = "discarded_content")
class DiscardEntity {
  @Id
  @Column(name = "content")
  private long content;

  @SuppressWarnings("NullAway.Init") // filled by JPA
  protected DiscardEntity() {}

  DiscardEntity(long content) {
    this.content = content;
  }

  long content() {
    return content;
  }
}
