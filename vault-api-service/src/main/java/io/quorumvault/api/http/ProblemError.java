package io.quorumvault.api.http;

import io.quorumvault.Violation;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// One thing that is wrong with a request: where, which rule, and the rule in words; in a file the
/// place, and the secret it is about where that is certainly a name.
@JsonbPropertyOrder({"field", "code", "message", "line", "column", "name"})
@Schema(
    description =
        "One thing that is wrong with a request. Of a file, line and column say where, and the name"
            + " is there if it certainly is the name of a secret.",
    requiredProperties = {"field", "code", "message"})
public record ProblemError(
    @Schema(description = "Where: a member, a parameter, a header; in a file, the variable.")
        String field,
    @Schema(description = "Which rule.") String code,
    @Schema(description = "The rule in words.") String message,
    @Schema(ref = "Line") @Nullable Integer line,
    @Schema(ref = "Column") @Nullable Integer column,
    @Schema(ref = "SecretName") @Nullable String name) {
  static ProblemError of(Violation violation) {
    return new ProblemError(
        violation.field(),
        violation.code(),
        violation.message(),
        violation.line(),
        violation.column(),
        violation.name());
  }
}
