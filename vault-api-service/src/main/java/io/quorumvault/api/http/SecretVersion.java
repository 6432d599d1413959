package io.quorumvault.api.http;

import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.wire.ReadAnswer;
import io.quorumvault.wire.VersionView;
import jakarta.json.bind.annotation.JsonbNillable;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// A version with its value. The value is text here because JSON is; it lives as long as the answer
/// takes to write.
@JsonbNillable
@JsonbPropertyOrder({
  "namespace",
  "name",
  "version",
  "validFrom",
  "validTo",
  "current",
  "value",
  "encoding"
})
@Schema(
    description = "A version of a secret with its value.",
    requiredProperties = {
      "namespace",
      "name",
      "version",
      "validFrom",
      "validTo",
      "current",
      "value",
      "encoding"
    },
    examples =
        """
        {
          "namespace": "demo",
          "name": "DB_PASSWORD",
          "version": 1,
          "validFrom": "2026-11-01T12:00:00.000Z",
          "validTo": null,
          "current": true,
          "value": "correct horse battery staple",
          "encoding": "utf-8"
        }
        """)
public record SecretVersion(
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
    @Schema(description = "Whether it is the current version.") boolean current,
    @Schema(ref = "SecretValue") String value,
    @Schema(ref = "Encoding") String encoding) {
  static SecretVersion of(Namespace namespace, ReadAnswer.Revealed revealed) {
    VersionView view = revealed.version();
    return new SecretVersion(
        namespace.text(),
        view.name().text(),
        view.version(),
        view.validFrom(),
        view.validTo(),
        view.current(),
        text(revealed.value(), revealed.encoding()),
        revealed.encoding().text());
  }

  private static String text(SecretValue value, ValueEncoding encoding) {
    byte[] bytes = value.exposeCopy();
    try {
      return switch (encoding) {
        case UTF_8 -> new String(bytes, StandardCharsets.UTF_8);
        case BASE64 -> Base64.getEncoder().encodeToString(bytes);
      };
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /// Without the value.
  @Override
  public String toString() {
    return "SecretVersion[" + namespace + "/" + name + " version " + version + "]";
  }
}
