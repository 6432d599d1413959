package io.quorumvault.api.http;

import io.quorumvault.Limits;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// Versions of one secret, newest first.
@JsonbPropertyOrder({"name", "versions", "nextCursor"})
@Schema(
    description = "Versions of one secret, newest first. nextCursor is there if there are more.",
    requiredProperties = {"name", "versions"},
    examples =
        """
        {
          "name": "DB_PASSWORD",
          "versions": [
            {
              "namespace": "demo",
              "name": "DB_PASSWORD",
              "version": 1,
              "validFrom": "2026-11-01T12:00:00.000Z",
              "validTo": null,
              "current": true
            }
          ]
        }
        """)
public record VersionPage(
    @Schema(ref = "SecretName") String name,
    @Schema(maxItems = Limits.PAGE_MAX) List<VersionMetadata> versions,
    @Schema(ref = "Cursor") @Nullable String nextCursor) {}
