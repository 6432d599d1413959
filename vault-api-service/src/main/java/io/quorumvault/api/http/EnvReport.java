package io.quorumvault.api.http;

import io.quorumvault.Limits;
import io.quorumvault.dotenv.DotenvWarning;
import io.quorumvault.dotenv.EnvPlan;
import io.quorumvault.wire.VersionView;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// What was done with a file, or would be.
///
/// @param content the file as it comes out, absent from a dry run; with secrets in it if any were
///   expanded, and no longer here than the answer takes to write
@JsonbPropertyOrder({"content", "created", "expanded", "warnings"})
@Schema(
    description =
        "What was done with a file, or would be. The content is there unless it was a dry run.",
    requiredProperties = {"created", "expanded", "warnings"},
    examples =
        """
        {
          "content": "DB_PASSWORD=\\"correct horse battery staple\\"\\nAPI_KEY=secret(API_KEY)\\n",
          "created": [
            {"name": "API_KEY", "version": 1, "validFrom": "2026-11-01T12:00:00.000Z"}
          ],
          "expanded": [{"name": "DB_PASSWORD", "version": 1}],
          "warnings": []
        }
        """)
public record EnvReport(
    @Schema(ref = "EnvOutput") @Nullable String content,
    @Schema(
            maxItems = Limits.ENV_REFERENCES_MAX,
            description = "The secrets that were created, in the order of their names.")
        List<Created> created,
    @Schema(
            maxItems = Limits.ENV_REFERENCES_MAX,
            description = "The versions whose values are in the file, in the order of names.")
        List<Expanded> expanded,
    @Schema(description = "What is allowed and probably not meant.") List<Warning> warnings) {
  /// A secret that was created; of one that would be, only the name.
  @JsonbPropertyOrder({"name", "version", "validFrom"})
  @Schema(
      name = "EnvCreated",
      description = "A secret that was created; of one that would be, only the name.",
      requiredProperties = {"name"})
  public record Created(
      @Schema(ref = "SecretName") String name,
      @Schema(ref = "Version") @Nullable Long version,
      @Schema(ref = "Instant") @Nullable Instant validFrom) {}

  /// A version whose value went into the file, or would.
  @JsonbPropertyOrder({"name", "version"})
  @Schema(
      name = "EnvExpanded",
      description = "A version whose value went into the file, or would.",
      requiredProperties = {"name", "version"})
  public record Expanded(
      @Schema(ref = "SecretName") String name, @Schema(ref = "Version") long version) {}

  /// Something that is allowed and probably not meant.
  ///
  /// @param variable absent if it is in no assignment
  /// @param line absent, like `column`, if it is not in the file
  @JsonbPropertyOrder({"code", "message", "name", "variable", "line", "column"})
  @Schema(
      name = "EnvWarning",
      description = "Something that is allowed and probably not meant.",
      requiredProperties = {"code", "message", "name"})
  public record Warning(
      @Schema(description = "Which rule.") String code,
      @Schema(description = "The rule in words.") String message,
      @Schema(ref = "SecretName") String name,
      @Schema(description = "The variable in whose value it is, if it is in one.")
          @Nullable String variable,
      @Schema(ref = "Line") @Nullable Integer line,
      @Schema(ref = "Column") @Nullable Integer column) {
    static Warning of(DotenvWarning warning) {
      var place = warning.place();
      return new Warning(
          warning.kind().code(),
          warning.kind().rule(),
          warning.secret().text(),
          warning.variable(),
          place == null ? null : place.line(),
          place == null ? null : place.column());
    }
  }

  static EnvReport done(
      EnvPlan plan, String content, List<VersionView> created, List<VersionView> expanded) {
    return new EnvReport(
        content,
        created.stream()
            .map(made -> new Created(made.name().text(), made.version(), made.validFrom()))
            .toList(),
        expanded(expanded),
        warnings(plan));
  }

  static EnvReport rehearsed(EnvPlan plan, List<VersionView> expanded) {
    return new EnvReport(
        null,
        plan.creations().keySet().stream()
            .map(name -> new Created(name.text(), null, null))
            .toList(),
        expanded(expanded),
        warnings(plan));
  }

  private static List<Expanded> expanded(List<VersionView> versions) {
    return versions.stream().map(read -> new Expanded(read.name().text(), read.version())).toList();
  }

  private static List<Warning> warnings(EnvPlan plan) {
    return plan.warnings().stream().map(Warning::of).toList();
  }

  /// Without the content.
  @Override
  public String toString() {
    return "EnvReport[" + created.size() + " created, " + expanded.size() + " expanded]";
  }
}
