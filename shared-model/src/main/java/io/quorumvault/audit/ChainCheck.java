package io.quorumvault.audit;

import io.quorumvault.Bytes;
import io.quorumvault.protocol.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Walks along an audit log and tells what is wrong with it. Goes on after a flaw from the next
/// record that can be read, so that what comes after it is looked at, too; the first flaw is the
/// one that counts.
///
/// A record whose hash is right and whose predecessor is not the one it names can have been altered
/// together with its hash, or its predecessor can: the flaw is told of the later one, since that is
/// where it shows.
///
/// Belongs to one thread. Holds nothing of the log but where it is, and the flaws.
public final class ChainCheck {
  /// Enough to see what happened; of a log of garbage every line is one.
  public static final int FLAWS_MAX = 100;

  private final Map<NodeId, List<Anchor>> anchors = new HashMap<>();
  private final List<Flaw> flaws = new ArrayList<>();
  private @Nullable NodeId node;
  private long lines;

  /// Of the first record that could be read; 0 before.
  private long firstSeq;

  /// The number of the next record; 0 while nobody knows.
  private long nextSeq;

  /// The hash that the next record must name; null while nobody knows.
  private @Nullable Bytes nextPrev;

  private long droppedTo;

  /// @param anchors what is remembered elsewhere; those of other logs do not matter
  public ChainCheck(Collection<Anchor> anchors) {
    for (Anchor anchor : anchors) {
      this.anchors.computeIfAbsent(anchor.node(), _ -> new ArrayList<>()).add(anchor);
    }
  }

  /// Whose log it is. Otherwise it is that of the node which the first record names.
  public void expect(NodeId owner) {
    node = owner;
  }

  /// Looks at the next line.
  ///
  /// @return the record, empty if it cannot be read
  public Optional<AuditRecord> next(String line) {
    lines++;
    AuditRecord record;
    try {
      record = AuditRecord.parse(line);
    } catch (IllegalArgumentException notOne) {
      found(Flaw.Kind.UNREADABLE, Math.max(nextSeq, 1));
      goOn(nextSeq == 0 ? 0 : nextSeq + 1, null);
      return Optional.empty();
    }
    if (node == null) {
      node = record.node();
    }
    judge(record);
    return Optional.of(record);
  }

  private void judge(AuditRecord record) {
    boolean known = nextSeq > 0;
    if (!record.isWhole()) {
      // Its number may be what was altered; where it stands is not.
      long seq = known ? nextSeq : record.seq();
      found(Flaw.Kind.ALTERED, seq);
      goOn(seq + 1, record.hash());
      return;
    }
    if (!record.node().equals(node)) {
      found(Flaw.Kind.FOREIGN, record.seq());
      return;
    }
    if (known && record.seq() < nextSeq) {
      found(Flaw.Kind.DUPLICATE, record.seq());
      return;
    }
    if (known && record.seq() > nextSeq) {
      found(Flaw.Kind.GAP, nextSeq);
    } else if (nextPrev != null && !nextPrev.equals(record.prevHash())) {
      found(Flaw.Kind.UNLINKED, record.seq());
    }
    if (ofNode().stream()
        .anyMatch(anchor -> anchor.seq() == record.seq() && !anchor.hash().equals(record.hash()))) {
      found(Flaw.Kind.CONTRADICTED, record.seq());
    }
    if (record.event().action().equals(AuditEvent.LOG_DROP)) {
      Long to = record.event().version();
      droppedTo = Math.max(droppedTo, to == null ? 0 : to);
    }
    firstSeq = firstSeq == 0 ? record.seq() : firstSeq;
    goOn(record.seq() + 1, record.hash());
  }

  private void goOn(long seq, @Nullable Bytes prev) {
    nextSeq = seq;
    nextPrev = prev;
  }

  private List<Anchor> ofNode() {
    return node == null ? List.of() : anchors.getOrDefault(node, List.of());
  }

  private void found(Flaw.Kind kind, long seq) {
    if (flaws.size() < FLAWS_MAX) {
      flaws.add(new Flaw(kind, seq, lines));
    }
  }

  /// Everything that was found, in the order of the log. To be called after the last line.
  public List<Flaw> end() {
    List<Flaw> all = new ArrayList<>();
    if (firstSeq > droppedTo + 1) {
      all.add(new Flaw(Flaw.Kind.ROOTLESS, droppedTo + 1, 1));
    }
    all.addAll(flaws);
    long missing = Math.max(nextSeq, 1);
    if (ofNode().stream().anyMatch(anchor -> anchor.seq() >= missing)) {
      all.add(new Flaw(Flaw.Kind.CUT_OFF, missing, lines));
    }
    return all;
  }

  /// Whose log it is; empty if no record says so.
  public Optional<NodeId> node() {
    return Optional.ofNullable(node);
  }

  /// How many lines were looked at.
  public long lines() {
    return lines;
  }

  /// The number that the last record has, or should have; 0 if there is none.
  public long reached() {
    return Math.max(nextSeq - 1, 0);
  }
}
