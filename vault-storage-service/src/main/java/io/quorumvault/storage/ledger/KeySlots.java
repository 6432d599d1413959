package io.quorumvault.storage.ledger;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/// A file of keys, one for each sealed share, that makes forgetting a share one small write.
///
/// The sealed share may lie around in logs, backups and free space of the database; without its key
/// it is noise (crypto-shredding). The key is in one place: its slot. To destroy the share is to
/// overwrite the slot and to sync.
///
/// What this guarantees and what not: the overwritten bytes are the same bytes of the same file,
/// and the file never changes its blocks on file systems that write in place (ext4, XFS). A file
/// system or volume that copies on write or takes snapshots (Btrfs, ZFS, LVM snapshots, cloud disk
/// snapshots), or a disk that moves blocks (SSD wear levelling), may keep an old copy of the slot
/// for a while, out of reach of file reads; full disk encryption below is the answer there. Keys
/// are also in memory while they are used; swap should be off.
///
/// | bytes | content |
/// |---|---|
/// | 0 – 4095 | `QVSLOTS1`, bytes of a slot, identity of the file (16 bytes), SHA-256 of the three |
/// | 4096 – 8191 | two copies, 512 bytes apart and written in turns, of the number of the last known commit, with SHA-256 over identity and number |
/// | from 8192 | slots of 32 bytes, all zero when free; the file grows by 4096 of them |
///
/// The commit number is written after each commit and reaches the disk with the next sync, at the
/// latest when the operating system writes back. So the database is never behind it, unless it lost
/// commits.
///
/// Keys are written in a `Batch`. Batches are for one thread at a time; `read` is for any. An
/// interrupted thread reads and writes like any other: a `FileChannel` would be closed under
/// everybody by the interrupt of one reader, so there is none here.
final class KeySlots implements AutoCloseable {
  static final int KEY_BYTES = 32;

  /// The file grows by 128 KiB at a time: growing changes the file's metadata, which makes a sync
  /// slower.
  static final int GROWTH_SLOTS = 4096;

  static final int IDENTITY_BYTES = 16;

  private static final byte[] MAGIC = {'Q', 'V', 'S', 'L', 'O', 'T', 'S', '1'};
  private static final int HEADER_BYTES = MAGIC.length + Integer.BYTES + IDENTITY_BYTES;
  private static final int DIGEST_BYTES = 32;
  private static final long COMMITS_OFFSET = 4096;
  private static final long COMMITS_DISTANCE = 512;
  private static final long SLOTS_OFFSET = 8192;

  private final Path file;
  private final RandomAccessFile content;

  /// For syncing only, without the file's times. The kernel syncs the file, whoever wrote it.
  private final AsynchronousFileChannel syncing;

  private final byte[] identity;
  private final BitSet used = new BitSet();
  private final SecureRandom random = new SecureRandom();
  private volatile int capacity;
  private final AtomicLong syncs = new AtomicLong();

  private KeySlots(Path file, RandomAccessFile content, byte[] identity, int capacity)
      throws IOException {
    this.file = file;
    this.content = content;
    this.syncing = AsynchronousFileChannel.open(file, StandardOpenOption.WRITE);
    this.identity = identity;
    this.capacity = capacity;
  }

  /// Makes the file, with room for the first keys, and syncs it. The directory is the caller's to
  /// sync.
  static KeySlots create(Path file) throws IOException {
    Files.createFile(file);
    byte[] identity = new byte[IDENTITY_BYTES];
    KeySlots slots = new KeySlots(file, new RandomAccessFile(file.toFile(), "rw"), identity, 0);
    slots.random.nextBytes(identity);
    ByteBuffer header = ByteBuffer.allocate((int) SLOTS_OFFSET);
    header.put(MAGIC).putInt(KEY_BYTES).put(identity);
    header.put(sha256(Arrays.copyOf(header.array(), HEADER_BYTES)));
    slots.write(header.array(), 0);
    slots.noteCommit(0);
    slots.grow(1);
    slots.sync();
    return slots;
  }

  /// @throws LedgerException.Corrupt if it is not such a file
  static KeySlots open(Path file) throws IOException {
    RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw");
    byte[] header = new byte[HEADER_BYTES + DIGEST_BYTES];
    boolean whole = content.length() >= SLOTS_OFFSET;
    if (whole) {
      content.readFully(header);
    }
    byte[] said = Arrays.copyOf(header, HEADER_BYTES);
    byte[] digest = Arrays.copyOfRange(header, HEADER_BYTES, header.length);
    ByteBuffer fields = ByteBuffer.wrap(header, MAGIC.length, header.length - MAGIC.length);
    if (!whole
        || !Arrays.equals(Arrays.copyOf(header, MAGIC.length), MAGIC)
        || fields.getInt() != KEY_BYTES
        || !MessageDigest.isEqual(digest, sha256(said))) {
      content.close();
      throw new LedgerException.Corrupt(file + " is not a slot file of this version");
    }
    byte[] identity = new byte[IDENTITY_BYTES];
    fields.get(identity);
    // A crash while the file grew may leave a part of a slot at its end: nothing was kept there.
    long slots = (content.length() - SLOTS_OFFSET) / KEY_BYTES;
    return new KeySlots(file, content, identity, Math.toIntExact(slots));
  }

  byte[] identity() {
    return identity.clone();
  }

  /// How often the file was synced since it was opened.
  long syncs() {
    return syncs.get();
  }

  int capacity() {
    return capacity;
  }

  /// A copy of the key, which belongs to the caller. All zero if the slot is free.
  byte[] read(int slot) throws IOException {
    byte[] key = new byte[KEY_BYTES];
    if (slot >= 0 && slot < capacity) {
      read(key, KEY_BYTES, position(slot));
    }
    return key;
  }

  /// Makes the slots of `referenced` the ones in use, and wipes every other one that has a key:
  /// what a crash between a commit and the overwriting left.
  ///
  /// @return how many were wiped
  int reclaim(BitSet referenced) throws IOException {
    used.clear();
    used.or(referenced);
    NavigableSet<Integer> orphans = new TreeSet<>();
    byte[] page = new byte[GROWTH_SLOTS * KEY_BYTES];
    for (int first = 0; first < capacity; first += GROWTH_SLOTS) {
      int count = Math.min(GROWTH_SLOTS, capacity - first);
      read(page, count * KEY_BYTES, position(first));
      for (int i = 0; i < count; i++) {
        if (!used.get(first + i) && !isZero(page, i * KEY_BYTES)) {
          orphans.add(first + i);
        }
      }
    }
    Arrays.fill(page, (byte) 0);
    if (!orphans.isEmpty()) {
      wipe(orphans);
      sync();
    }
    return orphans.size();
  }

  /// The highest commit number that is known to be on disk.
  ///
  /// @throws LedgerException.Corrupt if neither copy is readable
  long lastCommit() throws IOException {
    long last = -1;
    for (int copy = 0; copy < 2; copy++) {
      byte[] bytes = new byte[Long.BYTES + DIGEST_BYTES];
      read(bytes, bytes.length, COMMITS_OFFSET + copy * COMMITS_DISTANCE);
      long number = ByteBuffer.wrap(bytes).getLong();
      byte[] digest = Arrays.copyOfRange(bytes, Long.BYTES, bytes.length);
      if (MessageDigest.isEqual(digest, commitDigest(number))) {
        last = Math.max(last, number);
      }
    }
    if (last < 0) {
      throw new LedgerException.Corrupt(file + ": both copies of the commit number are damaged");
    }
    return last;
  }

  /// Notes that the database's commit of this number is on disk. Not synced.
  void noteCommit(long number) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + DIGEST_BYTES);
    bytes.putLong(number).put(commitDigest(number));
    write(bytes.array(), COMMITS_OFFSET + (number & 1) * COMMITS_DISTANCE);
  }

  Batch begin() {
    return new Batch();
  }

  @Override
  public void close() throws IOException {
    try (content;
        syncing) {
      syncing.force(true);
    }
  }

  /// The keys of one transaction. First `reserve` and `release` as the transaction goes; then
  /// `write`, which makes the new keys durable, before the database commits; then `committed`,
  /// which destroys the released ones, or `rolledBack`, which destroys the new ones.
  final class Batch {
    private final TreeMap<Integer, byte[]> reserved = new TreeMap<>();
    private final NavigableSet<Integer> released = new TreeSet<>();
    private final NavigableSet<Integer> returned = new TreeSet<>();
    private boolean written;

    private Batch() {}

    /// A fresh random key in a free slot.
    int reserve() {
      int slot = used.nextClearBit(0);
      used.set(slot);
      byte[] key = new byte[KEY_BYTES];
      random.nextBytes(key);
      reserved.put(slot, key);
      return slot;
    }

    /// A copy of the key, which belongs to the caller; also of one that is not written yet.
    byte[] read(int slot) throws IOException {
      byte[] key = reserved.get(slot);
      return key != null ? key.clone() : KeySlots.this.read(slot);
    }

    /// The key is to be destroyed once the transaction is committed.
    void release(int slot) {
      byte[] key = reserved.remove(slot);
      if (key == null) {
        released.add(slot);
      } else {
        Arrays.fill(key, (byte) 0);
        returned.add(slot);
      }
    }

    /// Makes the new keys durable: one sync for all of them, none if there are none.
    void write() throws IOException {
      if (reserved.isEmpty()) {
        return;
      }
      written = true;
      grow(reserved.lastKey() + 1);
      for (Run run : runs(reserved.navigableKeySet())) {
        ByteBuffer keys = ByteBuffer.allocate(run.count() * KEY_BYTES);
        for (int slot = run.first(); slot < run.first() + run.count(); slot++) {
          keys.put(reserved.get(slot));
        }
        KeySlots.this.write(keys.array(), position(run.first()));
        Arrays.fill(keys.array(), (byte) 0);
      }
      sync();
    }

    /// Destroys what was released: one sync for all of it, none if there is none. On return it is
    /// gone.
    void committed() throws IOException {
      wipeMemory();
      if (!released.isEmpty()) {
        wipe(released);
        sync();
      }
      released.forEach(used::clear);
      returned.forEach(used::clear);
    }

    /// Destroys the new keys and keeps the released ones.
    void rolledBack() throws IOException {
      wipeMemory();
      if (written) {
        wipe(reserved.navigableKeySet());
        sync();
      }
      reserved.keySet().forEach(used::clear);
      returned.forEach(used::clear);
    }

    private void wipeMemory() {
      reserved.values().forEach(key -> Arrays.fill(key, (byte) 0));
    }
  }

  /// Neighbouring slots, which are one write.
  private record Run(int first, int count) {}

  private static List<Run> runs(NavigableSet<Integer> slots) {
    List<Run> runs = new ArrayList<>();
    int first = slots.first();
    int next = first;
    for (int slot : slots) {
      if (slot != next) {
        runs.add(new Run(first, next - first));
        first = slot;
      }
      next = slot + 1;
    }
    runs.add(new Run(first, next - first));
    return runs;
  }

  private void wipe(NavigableSet<Integer> slots) throws IOException {
    for (Run run : runs(slots)) {
      write(new byte[run.count() * KEY_BYTES], position(run.first()));
    }
  }

  private void grow(int slotsNeeded) throws IOException {
    if (slotsNeeded <= capacity) {
      return;
    }
    int grown = (slotsNeeded + GROWTH_SLOTS - 1) / GROWTH_SLOTS * GROWTH_SLOTS;
    // Zeros, not a hole: overwriting a key later must need no room.
    for (int first = capacity; first < grown; first += GROWTH_SLOTS) {
      int count = Math.min(GROWTH_SLOTS, grown - first);
      write(new byte[count * KEY_BYTES], position(first));
    }
    syncing.force(true);
    capacity = grown;
  }

  private void sync() throws IOException {
    syncing.force(false);
    syncs.incrementAndGet();
  }

  private static long position(int slot) {
    return SLOTS_OFFSET + (long) slot * KEY_BYTES;
  }

  private byte[] commitDigest(long number) {
    return sha256(
        ByteBuffer.allocate(IDENTITY_BYTES + Long.BYTES).put(identity).putLong(number).array());
  }

  private static boolean isZero(byte[] bytes, int offset) {
    for (int i = offset; i < offset + KEY_BYTES; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private void write(byte[] bytes, long position) throws IOException {
    synchronized (content) {
      content.seek(position);
      content.write(bytes);
    }
  }

  private void read(byte[] bytes, int count, long position) throws IOException {
    synchronized (content) {
      content.seek(position);
      content.readFully(bytes, 0, count);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    return RowDigest.of("slots").bytes(bytes).finish();
  }
}
