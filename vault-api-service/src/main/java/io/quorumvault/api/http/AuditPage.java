package io.quorumvault.api.http;

import io.quorumvault.Limits;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// Records of the audit log of one namespace, newest first.
@JsonbPropertyOrder({"entries", "complete", "nextCursor"})
@Schema(
    description =
        "Records of the audit log of one namespace, newest first. complete is false if some of the storage could not be asked, whose records are missing. nextCursor is there if there may be more; a page may be empty and still have one.",
    requiredProperties = {"entries", "complete"})
public record AuditPage(
    @Schema(maxItems = Limits.PAGE_MAX) List<AuditEntry> entries,
    boolean complete,
    @Schema(ref = "Cursor") @Nullable String nextCursor) {}
