package io.quorumvault.storage.metrics;

import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// A node of five that is well.
class FixedFacts implements NodeFacts {
  static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  @Override
  public boolean serving() {
    return true;
  }

  @Override
  public boolean joining() {
    return false;
  }

  @Override
  public boolean rolledBack() {
    return false;
  }

  @Override
  public boolean memoryLost() {
    return false;
  }

  @Override
  public OptionalLong sharesLacking() {
    return OptionalLong.of(3);
  }

  @Override
  public long sharesFoundDamaged() {
    return 4;
  }

  @Override
  public OptionalInt shareMargin() {
    return OptionalInt.empty();
  }

  @Override
  public int transactionsOpen() {
    return 5;
  }

  @Override
  public int transactionsInDoubt() {
    return 1;
  }

  @Override
  public List<Integer> others() {
    return List.of(1, 3, 4, 5);
  }

  @Override
  public int peersActive() {
    return 2;
  }

  @Override
  public int peersUnreachable() {
    return 1;
  }

  @Override
  public int peersDisagreeing() {
    return 1;
  }

  @Override
  public double clockAheadSeconds(int node) {
    return node == 5 ? Double.NaN : -node;
  }

  @Override
  public Instant certificateValidFrom() {
    return NOW.minusSeconds(60);
  }

  @Override
  public Instant certificateValidUntil() {
    return NOW.plusSeconds(3600);
  }

  @Override
  public Instant policySince() {
    return NOW.minusSeconds(5);
  }

  @Override
  public double diskFreeBytes() {
    return 1_000_000_000;
  }
}
