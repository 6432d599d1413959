package io.quorumvault.storage.ledger;

import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeView;
import io.quorumvault.protocol.TransactionRecord;
import io.quorumvault.protocol.TxId;
import io.quorumvault.secret.SecretId;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.eclipse.persistence.sessions.UnitOfWork;
import org.jspecify.annotations.Nullable;

/// The durable state of one node.
///
/// `write` runs one transaction at a time. When it returns, all its changes are durable, and what
/// they destroyed is gone: the reply may leave. The order on the disk is
///
/// 1. the keys of new shares, synced;
/// 2. the commit of the database, synced;
/// 3. zeros over the keys of destroyed shares, synced.
///
/// A crash after 1 or 2 leaves keys that nothing refers to; they are wiped at the next start.
/// `read` runs on a snapshot beside the writer and waits for it no longer than a sync or a
/// checkpoint takes.
///
/// When the disk fails, nothing more is acknowledged: `LedgerConfig.onFailure` is called, which
/// stops the process, and every later call is refused.
///
/// Safe for use by several threads. The work given to `read` and `write` must not call the ledger.
public final class Ledger implements AutoCloseable {
  private static final String DATABASE = "ledger";
  private static final String UNFINISHED = "ledger.new";
  private static final String SLOTS = "vault.slots";

  /// After which a sync still under way says that the disk does not answer: far longer than one
  /// takes, on a machine that others use too, and short enough that callers turn to another node
  /// before they give up.
  public static final Duration STALLED = Duration.ofSeconds(1);

  /// Shares looked through at a time when the ledger opens.
  private static final int SHARES_AT_ONCE = 500;

  private static final System.Logger LOGGER = System.getLogger(Ledger.class.getName());

  private final LedgerConfig config;
  private final Path directory;
  private final DirectoryLock lock;
  private final KeySlots slots;
  private final Database database;
  private final ShareSeal seal;
  private final Failure failure;
  private final boolean fresh;
  private final ReentrantLock writer = new ReentrantLock(true);
  private final Semaphore housekeeping = new Semaphore(0);
  private final Thread housekeeper;
  private final AtomicBoolean discards = new AtomicBoolean(true);
  private final LongAdder damagedShares = new LongAdder();
  private volatile LongConsumer committed = nanos -> {};
  private volatile @Nullable Long onDiskSinceNanos;
  private volatile boolean closing;
  private volatile boolean lostCommits;
  private volatile long start;
  private volatile long life;
  private volatile int orphanSlotsWiped;

  /// What happens when the storage fails, once.
  private static final class Failure implements Consumer<LedgerException.Failed> {
    private final AtomicReference<LedgerException.@Nullable Failed> first = new AtomicReference<>();
    private final Consumer<LedgerException.Failed> onFailure;

    private Failure(Consumer<LedgerException.Failed> onFailure) {
      this.onFailure = onFailure;
    }

    @Override
    public void accept(LedgerException.Failed failed) {
      if (first.compareAndSet(null, failed)) {
        onFailure.accept(failed);
      }
    }

    private void check() {
      LedgerException.Failed failed = first.get();
      if (failed != null) {
        throw new LedgerException.Failed("the ledger has stopped", failed);
      }
    }
  }

  private Ledger(
      LedgerConfig config,
      DirectoryLock lock,
      KeySlots slots,
      Database database,
      Failure failure,
      boolean fresh) {
    this.config = config;
    this.directory = config.dataDirectory();
    this.lock = lock;
    this.slots = slots;
    this.database = database;
    this.seal = new ShareSeal(config.membership().cell(), config.self());
    this.failure = failure;
    this.fresh = fresh;
    this.housekeeper =
        Thread.ofPlatform().daemon().name("ledger-housekeeper").unstarted(this::keepHouse);
  }

  /// Opens the ledger of a data directory, which is made if there is none. Counts the start number
  /// up, durably, before anything else. Takes a second or two after a crash.
  ///
  /// @throws LedgerException.InUse if another process has it open
  /// @throws LedgerException.Foreign if it belongs to another node, cell or membership
  /// @throws LedgerException.Corrupt if it is damaged
  /// @throws LedgerException.Failed if the disk fails
  public static Ledger open(LedgerConfig config) {
    Path data = config.dataDirectory();
    DirectoryLock lock = null;
    Database database = null;
    KeySlots slots = null;
    Ledger ledger = null;
    try {
      OwnerOnly.directory(data);
      lock = DirectoryLock.take(data);
      // What a crash left of creating a database: nothing was ever acknowledged from it.
      if (Files.exists(data.resolve(UNFINISHED))) {
        OwnerOnly.remove(data.resolve(UNFINISHED));
      }
      Path directory = data.resolve(DATABASE);
      boolean fresh = !Files.exists(directory);
      if (fresh) {
        create(config, data.resolve(UNFINISHED));
        Files.move(data.resolve(UNFINISHED), directory);
        OwnerOnly.sync(data);
      }
      Database.requireFiles(directory);
      if (!Files.isRegularFile(directory.resolve(SLOTS))) {
        throw new LedgerException.Corrupt(directory.resolve(SLOTS) + " is missing");
      }
      Failure failure = new Failure(config.onFailure());
      slots = KeySlots.open(directory.resolve(SLOTS));
      database = Database.open(directory, failure);
      ledger = new Ledger(config, lock, slots, database, failure, fresh);
      ledger.begin();
      return ledger;
    } catch (LedgerException refused) {
      throw refused;
    } catch (IOException failed) {
      throw new LedgerException.Failed(data + ": cannot open the ledger", failed);
    } catch (RuntimeException unreadable) {
      throw new LedgerException.Corrupt(data + ": the ledger cannot be read", unreadable);
    } finally {
      if (ledger == null || ledger.start == 0) {
        if (database != null) {
          database.abandon();
        }
        closeFiles(slots, lock);
      }
    }
  }

  private static void create(LedgerConfig config, Path directory) throws IOException {
    OwnerOnly.directory(directory);
    byte[] slotFile;
    try (KeySlots slots = KeySlots.create(directory.resolve(SLOTS))) {
      slotFile = slots.identity();
    }
    Database.create(directory);
    Failure failure = new Failure(config.onFailure());
    try (Database database = Database.open(directory, failure);
        EntityManager entities = begin(database)) {
      Membership membership = config.membership();
      NodeStateEntity state =
          new NodeStateEntity(
              membership.cell(),
              config.self().index(),
              membership.nodes(),
              membership.threshold(),
              // Never 0, so that no forgotten field passes for a life.
              new SecureRandom().nextLong(1, Long.MAX_VALUE),
              slotFile);
      state.stamp();
      entities.persist(state);
      entities.getTransaction().commit();
    }
    failure.check();
    OwnerOnly.files(directory);
    OwnerOnly.syncAll(directory);
  }

  private void begin() throws IOException {
    NodeStateEntity before = read(view -> ((LedgerView) view).state());
    requireOwn(before);
    long known = slots.lastCommit();
    lostCommits = before.commits < known;
    if (lostCommits) {
      LOGGER.log(
          System.Logger.Level.ERROR,
          "{0}: the database is at commit {1}, but {2} was acknowledged: the node must join again.",
          directory,
          before.commits,
          known);
    }
    long counted =
        write(transaction -> {
          if (lostCommits) {
            transaction.become(NodeMode.JOINING);
            // The lost numbers stay used.
            transaction.raiseCommits(known);
          }
          transaction.raiseStart(before.start + 1);
          return before.start + 1;
        });
    database.syncNames();
    orphanSlotsWiped = slots.reclaim(referencedSlots());
    checkLocks();
    // A row that a damaged key hides is met by nobody who asks for it, only by looking at all.
    read(view -> ((LedgerView) view).verifiedStarts() + view.marks().size());
    life = before.life;
    start = counted;
    housekeeper.start();
  }

  private void requireOwn(NodeStateEntity state) {
    Membership membership = config.membership();
    if (!state.cell.equals(membership.cell())
        || state.node != config.self().index()
        || state.nodes != membership.nodes()
        || state.threshold != membership.threshold()) {
      throw new LedgerException.Foreign(
          directory
              + " belongs to node "
              + state.node
              + " of cell "
              + state.cell
              + " with n="
              + state.nodes
              + ", k="
              + state.threshold
              + " (expected: node "
              + config.self().index()
              + " of cell "
              + membership.cell()
              + " with n="
              + membership.nodes()
              + ", k="
              + membership.threshold()
              + ")");
    }
    if (!Arrays.equals(state.slotFile, slots.identity())) {
      throw new LedgerException.Corrupt(
          directory + ": the slot file does not belong to this database");
    }
  }

  private BitSet referencedSlots() {
    BitSet referenced = new BitSet();
    read(view -> {
      EntityManager entities = ((LedgerView) view).entities;
      int after = -1;
      List<ShareEntity> page;
      do {
        page =
            ((LedgerView) view)
                .query(
                    "select s from Share s where s.slot > :after order by s.slot",
                    ShareEntity.class)
                .setParameter("after", after)
                .setMaxResults(SHARES_AT_ONCE)
                .getResultList();
        for (ShareEntity row : page) {
          // With a wrong number here, the right slot would be wiped as an orphan.
          row.verify();
          referenced.set(row.slot());
          after = row.slot();
        }
        entities.clear();
      } while (!page.isEmpty());
      return after;
    });
    return referenced;
  }

  /// The locks must be those of the open transactions, no more and no fewer.
  private void checkLocks() {
    record Lock(SecretId id, TxId txId) {}
    read(view -> {
      Set<Lock> locks = new HashSet<>();
      for (TransactionRecord transaction : view.openTransactions()) {
        transaction.parts().forEach(part -> locks.add(new Lock(part.id(), transaction.id())));
      }
      Set<Lock> stored = new HashSet<>();
      ((LedgerView) view)
          .query("select t from Touch t", TouchEntity.class)
          .getResultStream()
          .forEach(touch -> stored.add(new Lock(touch.id(), touch.txId())));
      if (!locks.equals(stored)) {
        throw new LedgerException.Corrupt(
            directory + ": the locks are not those of the open transactions");
      }
      return locks.size();
    });
  }

  /// Runs `work` on a consistent snapshot, beside the writer. The view must not be used afterwards.
  ///
  /// @throws LedgerException.Failed once the storage has failed
  public <T> T read(Function<NodeView, T> work) {
    failure.check();
    try (EntityManager entities = begin(database)) {
      try {
        return work.apply(
            new LedgerView(
                entities, config.self(), seal, this::readKey, this::damagedUnlessDestroyed));
      } finally {
        entities.getTransaction().rollback();
      }
    }
  }

  /// Runs `work`, and makes what it applied durable: all of it or, if it throws, none. Nothing is
  /// written if nothing was applied. Waits for other writers.
  ///
  /// @throws LedgerException.Failed if the storage failed: the changes may or may not be durable,
  ///   which a restart finds out; nothing of it may be acknowledged
  public <T> T write(Function<LedgerTransaction, T> work) {
    writer.lock();
    try {
      failure.check();
      KeySlots.Batch batch = slots.begin();
      try (EntityManager entities = begin(database)) {
        T result;
        long number;
        try {
          LedgerTransaction transaction =
              new LedgerTransaction(
                  entities,
                  config.self(),
                  seal,
                  batch,
                  slot -> onDisk("reading a key", () -> batch.read(slot)),
                  (id, txId, slot) -> damagedShares.increment(),
                  hasRoom());
          result = work.apply(transaction);
          if (!transaction.changed()) {
            return rolledBack(entities, batch, result);
          }
          if (transaction.discarded() || discards.get()) {
            discards.set(transaction.purge());
          }
          number = transaction.number();
        } catch (Throwable refused) {
          rolledBack(entities, batch, false);
          throw refused;
        }
        waitingForDisk(() -> commit(entities, batch, number));
        return result;
      }
    } finally {
      writer.unlock();
    }
  }

  /// Notes that the writer waits for the disk as long as `work` runs. For the writer only.
  private void waitingForDisk(Runnable work) {
    onDiskSinceNanos = System.nanoTime();
    try {
      work.run();
    } finally {
      onDiskSinceNanos = null;
    }
  }

  /// Whether the disk has not answered the writer for a while: then reads wait, too. Not whether
  /// the writer is busy, which it may be for longer.
  public boolean stalled() {
    Long since = onDiskSinceNanos;
    return since != null && System.nanoTime() - since > STALLED.toNanos();
  }

  private <T> T rolledBack(EntityManager entities, KeySlots.Batch batch, T result) {
    entities.getTransaction().rollback();
    return onDisk(
        "wiping unused keys",
        () -> {
          batch.rolledBack();
          return result;
        });
  }

  private void commit(EntityManager entities, KeySlots.Batch batch, long number) {
    long began = System.nanoTime();
    onDisk(
        "writing keys",
        () -> {
          batch.write();
          return number;
        });
    database.alarm().ensure();
    long logBefore = onDisk("looking at the log", database::logBytes);
    try {
      entities.getTransaction().commit();
    } catch (RuntimeException unclear) {
      throw failed("committing", unclear);
    }
    failure.check();
    long logAfter = onDisk("looking at the log", database::logBytes);
    if (logAfter <= logBefore) {
      // A commit that adds nothing to the log is in memory only.
      throw failed("committing: the log has not grown", null);
    }
    onDisk(
        "destroying keys",
        () -> {
          slots.noteCommit(number);
          batch.committed();
          return number;
        });
    committed.accept(System.nanoTime() - began);
    if (logAfter > config.logBytesMax() || discards.get()) {
      housekeeping.release();
    }
  }

  /// The number of this life of the node, 1 for the first; larger after each start.
  public long start() {
    return start;
  }

  /// Makes the start number at least `atLeast`, durably.
  public void raiseStart(long atLeast) {
    write(transaction -> {
      transaction.raiseStart(atLeast);
      return atLeast;
    });
    start = Math.max(start, atLeast);
  }

  /// The identity of this storage, drawn when it was created: a node whose disk was replaced has
  /// another.
  public long life() {
    return life;
  }

  /// Whether the data directory was empty when the ledger was opened.
  public boolean fresh() {
    return fresh;
  }

  /// Whether the database was found behind a commit that was acknowledged. The node is then
  /// `JOINING`.
  public boolean lostCommits() {
    return lostCommits;
  }

  /// How often the keys were synced since the ledger was opened.
  long keySyncs() {
    return slots.syncs();
  }

  public NodeMode mode() {
    return read(view -> ((LedgerView) view).state().mode);
  }

  /// Lets a new node speak: nobody remembers an earlier life of it. Durable on return.
  ///
  /// @throws IllegalStateException if the node is joining: only `Change.Become` ends that
  public void activate() {
    write(transaction -> {
      if (transaction.state().mode == NodeMode.JOINING) {
        throw new IllegalStateException("a joining node is not activated, it joins");
      }
      transaction.become(NodeMode.ACTIVE);
      return true;
    });
  }

  /// Silences the node until it has learned from its peers what it forgot. Durable on return.
  public void becomeJoining() {
    write(transaction -> {
      transaction.become(NodeMode.JOINING);
      return true;
    });
  }

  /// Who is told how long each commit took, in nanoseconds and with its syncs, once it is durable.
  /// On the thread of the writer, before the answers leave.
  public void tellCommits(LongConsumer listener) {
    committed = listener;
  }

  /// Free space where the data is. Unlike `hasRoom`, not knowing it is no failure of the disk.
  public OptionalLong freeBytes() {
    try {
      return OptionalLong.of(Files.getFileStore(directory).getUsableSpace());
    } catch (IOException unknown) {
      LOGGER.log(System.Logger.Level.DEBUG, "free space is not known", unknown);
      return OptionalLong.empty();
    }
  }

  /// Whether there is more free space than the floor. Otherwise shares are refused, all else goes
  /// on.
  public boolean hasRoom() {
    return onDisk(
        "asking for free space",
        () -> Files.getFileStore(directory).getUsableSpace() > config.freeSpaceFloorBytes());
  }

  /// How often a share was asked for that did not verify, since the ledger was opened.
  public long damagedShares() {
    return damagedShares.sum();
  }

  /// Keys without a share that were found and destroyed when the ledger was opened: what a crash
  /// left.
  public int orphanSlotsWiped() {
    return orphanSlotsWiped;
  }

  /// Writes the database's log to its places and begins a new one; done in the background whenever
  /// the log has grown to its bound.
  public void checkpoint() {
    writer.lock();
    try {
      failure.check();
      waitingForDisk(database::checkpoint);
      // The first commit after a checkpoint is only durable with the names it makes.
      write(transaction -> {
        transaction.number();
        return true;
      });
      onDisk(
          "syncing the directory",
          () -> {
            database.syncNames();
            return true;
          });
    } catch (LedgerException.Failed failed) {
      failure.accept(failed);
      throw failed;
    } finally {
      writer.unlock();
    }
  }

  /// An entity manager whose database transaction has begun: with its first question it has a
  /// snapshot, and keeps it.
  private static EntityManager begin(Database database) {
    EntityManager entities = database.factory().createEntityManager();
    entities.getTransaction().begin();
    // Otherwise EclipseLink begins with the first change, and questions before it stand alone.
    entities.unwrap(UnitOfWork.class).beginEarlyTransaction();
    return entities;
  }

  private byte[] readKey(int slot) {
    return onDisk("reading a key", () -> slots.read(slot));
  }

  /// A reader's snapshot may still show a share that was destroyed meanwhile, and whose slot has
  /// another key by now. That is no damage.
  private void damagedUnlessDestroyed(SecretId id, TxId txId, int slot) {
    try (EntityManager entities = database.factory().createEntityManager()) {
      ShareEntity row = entities.find(ShareEntity.class, new ShareEntity.Key(id, txId));
      if (row != null && row.slot() == slot) {
        damagedShares.increment();
      }
    }
  }

  private void keepHouse() {
    while (true) {
      housekeeping.acquireUninterruptibly();
      housekeeping.drainPermits();
      if (closing || failure.first.get() != null) {
        return;
      }
      try {
        while (discards.get() && !closing) {
          discards.set(write(LedgerTransaction::purge));
        }
        if (database.logBytes() > config.logBytesMax()) {
          checkpoint();
        }
      } catch (RuntimeException | IOException unexpected) {
        failure.accept(new LedgerException.Failed("keeping house", unexpected));
      }
    }
  }

  private interface DiskWork<T> {
    T run() throws IOException;
  }

  private <T> T onDisk(String what, DiskWork<T> work) {
    try {
      return work.run();
    } catch (IOException broken) {
      throw failed(what, broken);
    }
  }

  private LedgerException.Failed failed(String what, @Nullable Exception cause) {
    LedgerException.Failed failed = new LedgerException.Failed(directory + ": " + what, cause);
    failure.accept(failed);
    return failed;
  }

  /// Ends all work and closes the files; the next start is quick. After a failure the files are
  /// left as they are.
  @Override
  public void close() {
    closing = true;
    housekeeping.release();
    boolean interrupted = false;
    while (housekeeper.isAlive()) {
      try {
        housekeeper.join();
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    writer.lock();
    try {
      if (failure.first.get() == null) {
        database.close();
      } else {
        database.abandon();
      }
    } finally {
      writer.unlock();
      closeFiles(slots, lock);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void closeFiles(@Nullable KeySlots slots, @Nullable DirectoryLock lock) {
    try (lock;
        slots) {
      LOGGER.log(System.Logger.Level.DEBUG, "The ledger is closed.");
    } catch (IOException failed) {
      throw new LedgerException.Failed("closing the ledger", failed);
    }
  }
}
