package io.quorumvault.api.http;

import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/// A live secret in a list.
@JsonbPropertyOrder({"name", "version", "validFrom"})
@Schema(
    description = "A live secret in a list.",
    requiredProperties = {"name", "version", "validFrom"})
public record SecretSummary(
    @Schema(ref = "SecretName") String name,
    @Schema(ref = "Version") long version,
    @Schema(ref = "Instant") Instant validFrom) {}
