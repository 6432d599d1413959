package io.quorumvault.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/// One secret with one writer and any number of readers, which knows at any time what a read may
/// answer.
///
/// Version v always holds the value `valueOf(v)`. A read that began after version a was
/// acknowledged, or after another read answered a, and that ended before version b was begun, must
/// answer a version from a to b - 1, and the value that belongs to it: that is linearizability
/// (Herlihy and Wing, 1990) for one writer.
///
/// A write whose outcome is not known is sent again under its own Idempotency-Key until it is
/// known, as a careful program would. Failures that the vault owns up to are not errors; a wrong
/// answer is.
final class Register {
  /// A load that goes on while slow things happen writes thousands of versions, and reading all of
  /// them would take longer than what the test is about.
  private static final long VALUES_READ_MAX = 40;

  /// Refusals that say truthfully that nothing, or nothing certain, can be said now.
  private static final List<Integer> HONEST = List.of(503, 504, 429);

  private final String name;
  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong known = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong readsAnswered = new AtomicLong();

  Register(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  /// How many writes were acknowledged.
  long acknowledged() {
    return acknowledged.get();
  }

  /// How many reads brought a value.
  long readsAnswered() {
    return readsAnswered.get();
  }

  String valueOf(long version) {
    return name + " as it was written for version " + version;
  }

  /// Writes the next version. Only one thread may.
  ///
  /// @param mayGoOn asked before each further try; if not, the write is left with unknown outcome
  /// @return whether it was acknowledged
  boolean write(VaultClient client, BooleanSupplier mayGoOn) {
    long version = acknowledged.get() + 1;
    begun.set(version);
    String key = name + "-" + version;
    VaultClient once = client.strict();
    do {
      try {
        Answer answer =
            version == 1
                ? once.create(name, valueOf(1), "Idempotency-Key", key)
                : once.update(name, valueOf(version), "Idempotency-Key", key);
        if (answer.status() == (version == 1 ? 201 : 200)) {
          assertEquals(version, answer.version(), () -> answer + " made another version");
          acknowledged.set(version);
          raise(version);
          return true;
        }
        boolean contended = answer.isProblem("concurrent-write");
        assertTrue(
            contended || HONEST.contains(answer.status()), () -> "a write was answered " + answer);
      } catch (UncheckedIOException noAnswer) {
        // The API is down or went down. Whether the write was applied is found out by trying again.
      }
    } while (mayGoOn.getAsBoolean());
    return false;
  }

  /// Reads once and checks the answer.
  ///
  /// @return whether there was one
  boolean read(VaultClient client) {
    long least = known.get();
    Answer answer;
    try {
      answer = client.strict().get(name);
    } catch (UncheckedIOException noAnswer) {
      return false;
    }
    long most = begun.get();
    if (HONEST.contains(answer.status())) {
      return false;
    }
    if (answer.status() == 404 && least == 0) {
      return true;
    }
    answer.expect(200);
    long version = answer.version();
    assertTrue(
        version >= least && version <= most,
        () -> answer + " is version " + version + ", possible were " + least + " to " + most);
    assertEquals(valueOf(version), answer.valueText(), () -> answer + " has another value");
    raise(version);
    readsAnswered.incrementAndGet();
    return true;
  }

  private void raise(long version) {
    known.accumulateAndGet(version, Math::max);
  }

  /// Checks, while nobody writes, that the newest version is the last one written, that no version
  /// is missing, and that each holds what was written; of very many a few dozen are read.
  ///
  /// @param lastIsKnown whether the last write was acknowledged; otherwise it may be there or not
  void verify(VaultClient client, boolean lastIsKnown) {
    long least = known.get();
    long most = lastIsKnown ? least : begun.get();
    if (least == 0 && client.get(name).status() == 404) {
      return;
    }
    Answer newest = client.get(name).expect(200);
    long version = newest.version();
    assertTrue(
        version >= least && version <= most,
        () -> newest + " is version " + version + ", possible are " + least + " to " + most);
    assertEquals(valueOf(version), newest.valueText());
    List<JsonObject> history = client.history(name);
    assertEquals(version, history.size(), () -> name + " has gaps in its history");
    Histories.assertTouching(history);
    for (long older = 1; older < version; older += 1 + version / VALUES_READ_MAX) {
      assertEquals(valueOf(older), client.getVersion(name, older).expect(200).valueText());
    }
  }

  /// Writes the next version, or again the one whose outcome is not known, until it is
  /// acknowledged.
  void writeSurely(VaultClient client) {
    Eventually.holds("a write of " + name + " is acknowledged", () -> write(client, () -> false));
  }

  /// Reads until there is an answer, which is checked.
  void readSurely(VaultClient client) {
    Eventually.holds("a read of " + name + " is answered", () -> read(client));
  }

  /// Sends a write that was cut off again, until it is acknowledged.
  void settle(VaultClient client) {
    if (begun.get() > acknowledged.get()) {
      writeSurely(client);
    }
  }
}
