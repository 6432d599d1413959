package io.quorumvault.api.http;

import io.quorumvault.Limits;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// Live secrets of a namespace in the order of their names.
@JsonbPropertyOrder({"secrets", "nextCursor"})
@Schema(
    description =
        "Live secrets of a namespace in the order of their names. nextCursor is there if there are more.",
    requiredProperties = {"secrets"},
    examples =
        """
        {
          "secrets": [
            {"name": "DB_PASSWORD", "version": 1, "validFrom": "2026-11-01T12:00:00.000Z"}
          ]
        }
        """)
public record SecretPage(
    @Schema(maxItems = Limits.PAGE_MAX) List<SecretSummary> secrets,
    @Schema(ref = "Cursor") @Nullable String nextCursor) {}
