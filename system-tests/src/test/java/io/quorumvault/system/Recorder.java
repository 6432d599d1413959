package io.quorumvault.system;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/// What clients did, on one clock, and what is to be thought of it. Safe for use by any number of
/// threads.
final class Recorder {
  private final ConcurrentLinkedQueue<Operation> operations = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Import> imports = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Sighting> sightings = new ConcurrentLinkedQueue<>();
  private final AtomicLong values = new AtomicLong();
  private final AtomicLong answered = new AtomicLong();
  private final String marker;

  /// @param marker part of every value, and of nothing else
  Recorder(String marker) {
    this.marker = marker;
  }

  /// Nanoseconds of the clock that times are told in. It never goes back, on whatever thread.
  long now() {
    return System.nanoTime();
  }

  /// A value that was never given out before.
  ///
  /// @param client who will write it
  String newValue(int client) {
    return marker + newKey(client);
  }

  /// An Idempotency-Key that was never given out before.
  ///
  /// @param client who will use it
  String newKey(int client) {
    return "c" + client + "x" + values.incrementAndGet();
  }

  void add(Operation operation) {
    operations.add(operation);
    if (!operation.isOpen()) {
      answered.incrementAndGet();
    }
  }

  void add(Import one) {
    imports.add(one);
    if (one.returned() != Operation.NEVER) {
      answered.incrementAndGet();
    }
  }

  void add(Sighting one) {
    sightings.add(one);
    answered.incrementAndGet();
  }

  /// How many operations, imports and sightings had an outcome.
  long answered() {
    return answered.get();
  }

  /// Operations of single names, as far as they have ended.
  List<Operation> operations() {
    return List.copyOf(operations);
  }

  List<Import> imports() {
    return List.copyOf(imports);
  }

  List<Sighting> sightings() {
    return List.copyOf(sightings);
  }

  /// The verdict of all judges on everything.
  Verdict verdict() {
    return Verdict.gravest(
        List.of(
            new ImportAtomicity().judge(imports(), operations()),
            new Sightings(operations(), imports()).judge(sightings())));
  }
}
