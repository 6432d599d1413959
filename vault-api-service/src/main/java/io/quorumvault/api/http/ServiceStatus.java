package io.quorumvault.api.http;

import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/// Whether the vault works.
@JsonbPropertyOrder({"status", "reads", "writes", "version", "time"})
@Schema(
    description = "Whether the vault works.",
    requiredProperties = {"status", "reads", "writes", "version", "time"},
    examples =
        """
        {
          "status": "operational",
          "reads": true,
          "writes": true,
          "version": "1.0.0",
          "time": "2026-11-01T12:00:00.000Z"
        }
        """)
public record ServiceStatus(
    @Schema(ref = "Availability") String status,
    @Schema(description = "Whether secrets can be read.") boolean reads,
    @Schema(description = "Whether secrets can be written.") boolean writes,
    @Schema(description = "The build that answers.") String version,
    @Schema(ref = "Instant") Instant time) {}
