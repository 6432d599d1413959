package io.quorumvault.storage.metrics;

import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What a node knows of itself, asked when its metrics are collected. None of it waits for another
/// node, and none throws when the disk fails.
public interface NodeFacts {
  boolean serving();

  boolean joining();

  /// Whether its storage was found older than what it had acknowledged or told, since the process
  /// started.
  boolean rolledBack();

  /// Whether its storage was found empty though others remember the node, since the process
  /// started.
  boolean memoryLost();

  /// How many shares the last look through found lacking and did not get back; empty before the
  /// first look is over.
  OptionalLong sharesLacking();

  long sharesFoundDamaged();

  /// See `ShareMargin`; empty if nothing was read for a while.
  OptionalInt shareMargin();

  int transactionsOpen();

  int transactionsInDoubt();

  /// The indexes of the other nodes, which never change.
  List<Integer> others();

  int peersActive();

  int peersUnreachable();

  int peersDisagreeing();

  /// By how many seconds the clock of a node is at least ahead of this one's; negative if behind,
  /// not a number if it was not heard.
  double clockAheadSeconds(int node);

  Instant certificateValidFrom();

  Instant certificateValidUntil();

  Instant policySince();

  /// Free bytes where the data is; not a number if that cannot be told.
  double diskFreeBytes();
}
