package io.quorumvault.api;

import io.quorumvault.audit.AuditPosition;
import io.quorumvault.audit.AuditRecord;
import io.quorumvault.wire.AuditAnswer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Puts one page together from those of the nodes, each of which tells of its own log.
public final class AuditPages {
  private AuditPages() {}

  /// @param records newest first
  /// @param next where the page before these begins: what is before it; null if there is nothing
  /// @param complete whether every node answered
  public record Page(List<AuditRecord> records, @Nullable AuditPosition next, boolean complete) {}

  /// Only records from where every node's page reaches to: farther back, one of them might lack
  /// some.
  static Page merged(Collection<AuditAnswer> answers, int limit, boolean complete) {
    Optional<AuditPosition> frontier =
        answers.stream()
            .map(AuditAnswer::reached)
            .filter(Objects::nonNull)
            .max(Comparator.naturalOrder());
    List<AuditRecord> all = new ArrayList<>();
    for (AuditAnswer answer : answers) {
      answer.records().stream()
          .filter(record ->
              frontier.isEmpty() || AuditPosition.of(record).compareTo(frontier.get()) >= 0)
          .forEach(all::add);
    }
    all.sort(Comparator.comparing(AuditPosition::of).reversed());
    if (all.size() <= limit) {
      return new Page(all, frontier.orElse(null), complete);
    }
    List<AuditRecord> page = all.subList(0, limit);
    return new Page(page, AuditPosition.of(page.getLast()), complete);
  }
}
