package io.quorumvault.storage;

import io.quorumvault.protocol.Head;
import io.quorumvault.protocol.NodeView;
import io.quorumvault.secret.SecretId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Heads this coordinator knows to be final before its own ledger does: the notice of its last
/// commit may still be on its way. Only a hint that saves a round: a stale one is refused by the
/// voters. Safe for use by any number of threads.
final class RecentHeads {
  /// Enough for every write that can be under way.
  private static final int HEADS_MAX = 4096;

  private final Map<SecretId, Head> heads =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<SecretId, Head> eldest) {
          return size() > HEADS_MAX;
        }
      };

  synchronized void remember(SecretId id, Head head) {
    heads.merge(id, head, RecentHeads::newer);
  }

  /// What is known of these names here or in the ledger, whichever is newer.
  synchronized Map<SecretId, Head> with(NodeView view, List<SecretId> ids) {
    Map<SecretId, Head> known = new HashMap<>();
    for (SecretId id : ids) {
      view.head(id).ifPresent(head -> known.put(id, head));
      Head recent = heads.get(id);
      if (recent != null) {
        known.merge(id, recent, RecentHeads::newer);
      }
    }
    return known;
  }

  private static Head newer(Head a, Head b) {
    return a.entry().seq() < b.entry().seq() ? b : a;
  }
}
