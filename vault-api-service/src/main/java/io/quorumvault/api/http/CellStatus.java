package io.quorumvault.api.http;

import io.quorumvault.Limits;
import io.quorumvault.api.CellView;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// How the nodes are that keep a namespace.
@JsonbPropertyOrder({"threshold", "writeQuorum", "shareMargin", "nodes", "time"})
@Schema(
    description =
        "How the nodes are that keep a namespace, each as it says itself. threshold is the number of shares it takes to restore a value, writeQuorum the number of nodes that must hold a write before it is acknowledged.",
    requiredProperties = {"threshold", "writeQuorum", "nodes", "time"})
public record CellStatus(
    @Schema(ref = "NodeCount") int threshold,
    @Schema(ref = "NodeCount") int writeQuorum,
    @Schema(
            description =
                "The least number of good shares beyond the threshold that a read of a current version met in the last minutes; a node that was away counts as one without. Negative if there were too few; missing if nothing was read.",
            examples = "2")
        @Nullable Integer shareMargin,
    @Schema(maxItems = Limits.NODES_MAX) List<NodeStatus> nodes,
    @Schema(ref = "Instant") Instant time) {
  static CellStatus of(CellView view, Instant time) {
    return new CellStatus(
        view.membership().threshold(),
        view.membership().commitQuorum(),
        view.shareMargin().orElse(null),
        view.nodes().stream().map(NodeStatus::of).toList(),
        time);
  }
}
