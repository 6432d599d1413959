package io.quorumvault.erasure;

import io.quorumvault.Limits;
import io.quorumvault.protocol.Entry;
import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.Membership;
import io.quorumvault.protocol.NodeView;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretName;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What was destroyed: the secret of a name up to one delete, with all its versions. What was
/// written under that name before it, in earlier incarnations, is destroyed as well; what was
/// created afterwards is something else.
///
/// @param cell 1 to 63 lower-case letters, digits and hyphens, neither first nor last a hyphen
/// @param nodes n
/// @param threshold k: fewer than that many shares say nothing
/// @param incarnation the life of the name that the delete ended
/// @param version the last one of it
/// @param seq the position of the tombstone in the chain of the name
/// @param deletedAt the label of the tombstone, in whole milliseconds
public record Erasure(
    String cell,
    int nodes,
    int threshold,
    Namespace namespace,
    SecretName name,
    long incarnation,
    long version,
    long seq,
    Instant deletedAt) {
  private static final Pattern CELL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  /// How far back a tombstone is looked for: a delete can be asked about again for a day, and no
  /// more keyed writes of one name than this are remembered in that time.
  private static final int ENTRIES_AFTER_MAX = 2 * Limits.OPERATIONS_PER_NAME_MAX;

  /// The tombstone is nearly always the head.
  private static final int ENTRIES_AT_ONCE = 64;

  public Erasure {
    if (!CELL.matcher(cell).matches()) {
      throw new IllegalArgumentException("cell (expected: " + CELL + ")");
    }
    // The bounds of a membership, which says them in full.
    Membership _ = Membership.of(cell, nodes, threshold);
    if (incarnation < 1 || version < 1 || seq < 1) {
      throw new IllegalArgumentException("erasure (expected: positive numbers)");
    }
    if (!deletedAt.equals(deletedAt.truncatedTo(ChronoUnit.MILLIS))) {
      throw new IllegalArgumentException("deletedAt (expected: whole milliseconds)");
    }
  }

  /// n-k+1: when so many nodes have destroyed their shares, those that are left are too few.
  public int quorum() {
    return nodes - threshold + 1;
  }

  /// What a node may say of a delete: nothing unless the tombstone is final there and no share at
  /// or below it is on its disk, be it whole or damaged, of a final version or staged.
  ///
  /// The view must not show what is committed and not yet destroyed.
  ///
  /// @param version the last one before the delete
  /// @param deletedAt the tombstone's label: with the version, what a delete is answered with
  public static Optional<Erasure> in(
      NodeView view, Membership membership, SecretId id, long version, Instant deletedAt) {
    return tombstone(view, id, deletedAt)
        .filter(entry -> entry.version() == version)
        .filter(entry -> !view.keepsShares(id, entry.seq()))
        .map(entry ->
            new Erasure(
                membership.cell(),
                membership.nodes(),
                membership.threshold(),
                id.namespace(),
                id.name(),
                entry.incarnation(),
                entry.version(),
                entry.seq(),
                entry.validFrom()));
  }

  /// Labels grow along a chain, so one of them names one entry.
  private static Optional<Entry> tombstone(NodeView view, SecretId id, Instant deletedAt) {
    long from = view.head(id).map(Head::entry).map(Entry::seq).orElse(0L);
    long last = Math.max(0, from - ENTRIES_AFTER_MAX);
    while (from > last) {
      List<Entry> page = view.chain(id, from, ENTRIES_AT_ONCE);
      for (Entry entry : page) {
        if (!entry.validFrom().isAfter(deletedAt)) {
          return Optional.of(entry)
              .filter(found -> !found.live() && found.validFrom().equals(deletedAt));
        }
      }
      from = page.isEmpty() ? last : page.getLast().seq() - 1;
    }
    return Optional.empty();
  }
}
