package io.quorumvault.simulation;

import io.quorumvault.Bytes;
import io.quorumvault.Limits;
import io.quorumvault.protocol.AppliedOperation;
import io.quorumvault.protocol.ChainRound;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.ListRound;
import io.quorumvault.protocol.Part;
import io.quorumvault.protocol.ReadRound;
import io.quorumvault.protocol.ShareRound;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.protocol.WriteOrder;
import io.quorumvault.protocol.WriteResult;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import io.quorumvault.testing.Gen;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Somebody who uses the vault: one operation after the other, through whichever node; asks again
/// with the same operation id when no answer comes.
final class SimulatedClient {
  private static final long PATIENCE_MILLIS = 6_000;
  private static final int ATTEMPTS = 3;
  private static final int NEVER_TIRED = 0;

  private final int number;
  private final Simulator simulator;
  private final Gen gen;
  private final List<SecretId> names;
  private int operations;
  private boolean stopped;
  private boolean busy;

  /// What the last answer said of a version, to use in If-Match.
  private long lastVersion = 1;

  SimulatedClient(int number, Simulator simulator, Gen gen, List<SecretId> names) {
    this.number = number;
    this.simulator = simulator;
    this.gen = gen;
    this.names = names;
  }

  void stop() {
    stopped = true;
  }

  boolean busy() {
    return busy;
  }

  void next() {
    busy = false;
    if (!stopped) {
      simulator.after(1 + gen.below(gen.oneIn(5) ? 2_000 : 200), this::begin);
    }
  }

  private void begin() {
    if (stopped) {
      return;
    }
    busy = true;
    operations++;
    int dice = gen.below(100);
    if (dice < 55) {
      anyWrite().attempt();
    } else if (dice < 85) {
      read(gen.some(gen.oneIn(4) ? gen.between(1, names.size()) : 1, names), 0, this::next);
    } else if (dice < 93) {
      history(gen.pick(names));
    } else {
      list();
    }
  }

  private SimulatedNode anyNode() {
    return gen.pick(simulator.nodes());
  }

  /// Sends to a node and waits for at most `PATIENCE_MILLIS`; exactly one of the two is run.
  private <A> void call(
      SimulatedNode node,
      Consumer<Consumer<A>> onNode,
      Consumer<A> answered,
      Runnable notTaken,
      Runnable timedOut) {
    boolean[] over = new boolean[1];
    int index = node.self().index();
    Consumer<Runnable> once =
        action -> {
          if (!over[0]) {
            over[0] = true;
            action.run();
          }
        };
    simulator
        .network()
        .send(
            0,
            index,
            true,
            () -> {
              if (node.takesRequests() && !simulator.dies(node.self(), CrashPoints.Moment.TAKING)) {
                onNode.accept(answer -> {
                  if (!simulator.dies(node.self(), CrashPoints.Moment.ANSWERING)) {
                    simulator
                        .network()
                        .send(index, 0, true, () -> once.accept(() -> answered.accept(answer)));
                  }
                });
              } else {
                simulator.network().send(index, 0, true, () -> once.accept(notTaken));
              }
            });
    simulator.after(PATIENCE_MILLIS, () -> once.accept(timedOut));
  }

  // --- writes

  private Write anyWrite() {
    WriteKind kind = gen.pick(WriteKind.values());
    List<SecretId> ids =
        gen.some(gen.oneIn(4) ? gen.between(1, names.size()) : 1, names).stream().sorted().toList();
    Long ifMatch = kind != WriteKind.CREATE && ids.size() == 1 && gen.oneIn(4) ? lastVersion : null;
    return new Write(kind, ids, ifMatch, 8, this::next);
  }

  /// Writes, and asks again as long as a client does.
  void write(WriteKind kind, List<SecretId> ids, Runnable then) {
    operations++;
    new Write(kind, ids, null, NEVER_TIRED, then).attempt();
  }

  private final class Write {
    private final WriteKind kind;
    private final List<SecretId> ids;
    private final long[] values;
    private final @Nullable Long ifMatch;
    private final int tiredOneIn;
    private final Runnable then;
    private final Bytes operationId =
        Bytes.copyOf(ByteBuffer.allocate(32).putInt(number).putInt(operations).array());
    private final Instant requestTime =
        simulator.wallClock().plusMillis(simulator.clockJumpMillis(gen));
    private final long invoked = simulator.now();
    private long attemptInvoked;
    private int attempts;
    private boolean mayBeApplied;

    /// @param tiredOneIn how often it does not ask again although it could
    Write(
        WriteKind kind, List<SecretId> ids, @Nullable Long ifMatch, int tiredOneIn, Runnable then) {
      this.kind = kind;
      this.ids = ids;
      this.ifMatch = ifMatch;
      this.tiredOneIn = tiredOneIn;
      this.then = then;
      this.values = new long[ids.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = simulator.nextValue();
      }
      simulator.trace(() ->
          "client "
              + number
              + " wants "
              + kind
              + " "
              + ids
              + " if "
              + ifMatch
              + ": "
              + operationIdText());
    }

    private String operationIdText() {
      return number + "#" + operations;
    }

    private static Instant later(Instant a, Instant b) {
      return a.isBefore(b) ? b : a;
    }

    private static Instant earlier(Instant a, Instant b) {
      return a.isBefore(b) ? a : b;
    }

    void attempt() {
      attempts++;
      attemptInvoked = simulator.now();
      WriteOrder order =
          new WriteOrder(
              kind,
              ids.stream().map(id -> new WriteOrder.Wish(id, ifMatch)).toList(),
              operationId,
              requestTime,
              earlier(requestTime, simulator.wallClock()),
              // By the node's clock where that is later: a slow caller must not be forgotten early.
              later(requestTime, simulator.wallClock()).plus(Limits.RETRY_RETENTION));
      SimulatedNode node = anyNode();
      simulator.trace(() -> "client " + number + " asks " + node.self());
      ask(node, order);
    }

    private void ask(SimulatedNode node, WriteOrder order) {
      SimulatedClient.this.<WriteResult>call(
          node,
          answer ->
              node.write(
                  order,
                  values,
                  result -> {
                    // What the coordinator answers holds, whether or not the client hears it.
                    acknowledged(result);
                    answer.accept(result);
                  }),
          this::answered,
          this::again,
          () -> {
            mayBeApplied = true;
            again();
          });
    }

    private void acknowledged(WriteResult result) {
      if (kind != WriteKind.DELETE) {
        return;
      }
      if (result instanceof WriteResult.Applied applied) {
        for (Part part : applied.parts()) {
          simulator.invariants().deleteAcknowledged(part.id(), part.entry().incarnation());
        }
      }
      if (result instanceof WriteResult.AppliedBefore before) {
        for (int i = 0; i < before.ids().size(); i++) {
          simulator
              .invariants()
              .deleteAcknowledged(before.ids().get(i), before.operations().get(i).incarnation());
        }
      }
    }

    private void answered(WriteResult result) {
      switch (result) {
        case WriteResult.Applied applied -> {
          for (Part part : applied.parts()) {
            record(part.id(), part.entry().version(), part.entry().seq());
          }
          then.run();
        }
        case WriteResult.AppliedBefore before -> {
          for (int i = 0; i < before.ids().size(); i++) {
            AppliedOperation operation = before.operations().get(i);
            record(before.ids().get(i), operation.version(), operation.seq());
          }
          then.run();
        }
        case WriteResult.Rejected rejected -> {
          Invariants.require(
              rejected.cause() != WriteResult.Rejected.Cause.OPERATION_REUSED
                  && rejected.cause() != WriteResult.Rejected.Cause.TOO_MANY_OPERATIONS,
              "a retry was taken for another request",
              operationIdText());
          for (SecretId id : rejected.ids()) {
            simulator
                .history()
                .add(
                    new History.Event(
                        id,
                        kind,
                        0,
                        ifMatch,
                        0,
                        rejected.cause(),
                        attemptInvoked,
                        simulator.now(),
                        -1));
          }
          giveUp();
        }
        case WriteResult.Contended contended -> again();
        case WriteResult.NotAccepted refused -> again();
        case WriteResult.NotAllowed never -> throw new AssertionError("nobody is refused here");
        case WriteResult.Unknown unknown -> {
          mayBeApplied = true;
          again();
        }
      }
    }

    private void record(SecretId id, long version, long seq) {
      lastVersion = version;
      simulator
          .history()
          .add(
              new History.Event(
                  id,
                  kind,
                  values[ids.indexOf(id)],
                  ifMatch,
                  version,
                  null,
                  invoked,
                  simulator.now(),
                  seq));
    }

    private void again() {
      if (attempts < ATTEMPTS && (tiredOneIn == NEVER_TIRED || !gen.oneIn(tiredOneIn))) {
        simulator.after(gen.below(500), this::attempt);
      } else {
        giveUp();
      }
    }

    private void giveUp() {
      if (mayBeApplied) {
        for (SecretId id : ids) {
          simulator
              .history()
              .add(
                  new History.Event(
                      id,
                      kind,
                      values[ids.indexOf(id)],
                      ifMatch,
                      0,
                      null,
                      invoked,
                      History.NEVER,
                      -1));
        }
      } else {
        simulator.neverApplied(operationId);
      }
      then.run();
    }
  }

  // --- reads

  /// Reads until the vault answers, at most so many times more.
  void read(List<SecretId> ids, int more, Runnable then) {
    long invoked = simulator.now();
    SimulatedNode node = anyNode();
    Runnable again =
        () -> {
          if (more > 0) {
            simulator.after(300, () -> read(ids, more - 1, then));
          } else {
            then.run();
          }
        };
    this.<ReadRound.Result>call(
        node,
        answer -> node.read(ids, answer),
        result -> {
          if (result instanceof ReadRound.Result.Found found) {
            found.readings().forEach((id, reading) -> seen(id, reading, invoked));
            then.run();
          } else {
            simulator.trace(() -> "client " + number + " could not read " + ids + ": " + result);
            again.run();
          }
        },
        again,
        again);
  }

  private void seen(SecretId id, ReadRound.Reading reading, long invoked) {
    Optional<Head> head = reading.head();
    boolean live = head.isPresent() && head.get().entry().live();
    long value = live ? simulator.values().join(reading.shares().values()) : 0;
    note(id, head, value, invoked);
  }

  private void note(SecretId id, Optional<Head> head, long value, long invoked) {
    boolean live = head.isPresent() && head.get().entry().live();
    long version = live ? head.orElseThrow().entry().version() : 0;
    if (live) {
      lastVersion = version;
    }
    long seq = head.map(found -> found.entry().seq()).orElse(0L);
    simulator.trace(() -> "client " + number + " saw " + id + " at " + seq + " version " + version);
    simulator
        .history()
        .add(
            new History.Event(id, null, value, null, version, null, invoked, simulator.now(), seq));
  }

  private void history(SecretId id) {
    SimulatedNode node = anyNode();
    this.<List<Entry>>call(
        node, answer -> historyOn(node, id, answer), entries -> next(), this::next, this::next);
  }

  /// The versions of a name, then the value of one of them.
  private void historyOn(SimulatedNode node, SecretId id, Consumer<List<Entry>> answer) {
    long deadline = simulator.now() + SimulatedNode.REQUEST_MILLIS;
    node.run(
        new ReadRound(node, List.of(id), false, deadline),
        result -> {
          if (!(result instanceof ReadRound.Result.Found found)) {
            return;
          }
          Head head = found.readings().values().iterator().next().head().orElse(null);
          if (head == null || !head.entry().live()) {
            return;
          }
          int versions = (int) head.entry().version();
          node.run(
              new ChainRound(node, id, head.entry().seq(), versions, deadline),
              chain -> {
                if (!(chain instanceof ChainRound.Result.Found all)) {
                  return;
                }
                simulator.requireChain(id, all.entries());
                Entry one = gen.pick(all.entries());
                node.run(
                    new ShareRound(node, id, one, deadline),
                    shares -> {
                      if (shares instanceof ShareRound.Result.Found joined) {
                        simulator.requireValue(id, one, simulator.values().join(joined.shares()));
                      }
                      answer.accept(all.entries());
                    });
              });
        });
  }

  private void list() {
    long invoked = simulator.now();
    SimulatedNode node = anyNode();
    Namespace namespace = names.getFirst().namespace();
    ListRound round =
        new ListRound(
            node,
            namespace,
            "",
            gen.oneIn(3) ? names.getFirst().name().text() : null,
            gen.between(1, names.size() + 1),
            simulator.now() + SimulatedNode.REQUEST_MILLIS);
    this.<ListRound.Result>call(
        node,
        answer -> node.run(round, answer),
        result -> {
          if (result instanceof ListRound.Result.Page page) {
            page.sure().forEach((id, head) -> simulator.requireListed(id, head, invoked));
          }
          next();
        },
        this::next,
        this::next);
  }
}
