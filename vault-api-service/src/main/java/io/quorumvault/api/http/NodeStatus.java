package io.quorumvault.api.http;

import io.quorumvault.api.CellView;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// How one node is.
@JsonbPropertyOrder({"node", "state", "sharesLacking"})
@Schema(
    description = "How one node is.",
    requiredProperties = {"node", "state"})
public record NodeStatus(
    @Schema(ref = "CellNode") int node,
    @Schema(ref = "NodeState") String state,
    @Schema(
            description =
                "How many shares the node lacks and did not get back yet; missing if it did not say.",
            minimum = "0",
            examples = "0")
        @Nullable Long sharesLacking) {
  static NodeStatus of(CellView.Node node) {
    return new NodeStatus(node.index(), node.state().text(), node.sharesLacking());
  }
}
