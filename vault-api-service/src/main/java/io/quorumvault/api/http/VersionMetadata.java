package io.quorumvault.api.http;

import io.quorumvault.secret.Namespace;
import io.quorumvault.wire.VersionView;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// A version without its value. `validTo` is there even when it is null.
@JsonbNillable
@JsonbPropertyOrder({"namespace", "name", "version", "validFrom", "validTo", "current"})
@Schema(
    description = "A version of a secret, without its value.",
    requiredProperties = {"namespace", "name", "version", "validFrom", "validTo", "current"},
    examples =
        """
        {
          "namespace": "demo",
          "name": "DB_PASSWORD",
          "version": 1,
          "validFrom": "2026-11-01T12:00:00.000Z",
          "validTo": null,
          "current": true
        }
        """)
public record VersionMetadata(
    @Schema(ref = "Namespace") String namespace,
    @Schema(ref = "SecretName") String name,
    @Schema(ref = "Version") long version,
    @Schema(ref = "Instant") Instant validFrom,
    @Schema(
            type = SchemaType.STRING,
            format = "date-time",
            nullable = true,
            examples = "2026-11-02T12:00:00.000Z",
            description = "When the next version began; null for the current one.")
        @Nullable Instant validTo,
    @Schema(description = "Whether it is the current version.") boolean current) {
  static VersionMetadata of(Namespace namespace, VersionView view) {
    return new VersionMetadata(
        namespace.text(),
        view.name().text(),
        view.version(),
        view.validFrom(),
        view.validTo(),
        view.current());
  }
}
