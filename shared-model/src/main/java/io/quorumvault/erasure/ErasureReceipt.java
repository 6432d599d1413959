package io.quorumvault.erasure;

import io.quorumvault.Limits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What was destroyed, and which nodes signed that. Whether they are enough, and whether they did,
/// is for `ReceiptCheck`.
///
/// @param signatures at most `Limits.NODES_MAX`
public record ErasureReceipt(Erasure erasure, List<ErasureSignature> signatures) {
  public ErasureReceipt {
    signatures = List.copyOf(signatures);
    if (signatures.size() > Limits.NODES_MAX) {
      throw new IllegalArgumentException(
          "signatures: " + signatures.size() + " (expected: at most " + Limits.NODES_MAX + ")");
    }
  }

  /// The receipt that these statements make, in the order of the nodes. Nodes that follow the
  /// protocol agree on what was destroyed; should they not, what most of them say.
  ///
  /// @return empty if there is no statement
  public static Optional<ErasureReceipt> of(List<SignedErasure> statements) {
    Map<Erasure, List<ErasureSignature>> said = new LinkedHashMap<>();
    for (SignedErasure statement : statements) {
      said.computeIfAbsent(statement.erasure(), _ -> new ArrayList<>()).add(statement.signature());
    }
    return said.entrySet().stream()
        .max(Comparator.comparingInt(erasure -> erasure.getValue().size()))
        .map(most ->
            new ErasureReceipt(
                most.getKey(),
                most.getValue().stream()
                    .sorted(Comparator.comparing(ErasureSignature::node))
                    .toList()));
  }
}
