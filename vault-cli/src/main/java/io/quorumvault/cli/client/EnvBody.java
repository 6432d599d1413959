package io.quorumvault.cli.client;

import com.fasterxml.jackson.core.JsonGenerator;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.dotenv.Dialect;
import io.quorumvault.dotenv.EnvMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The body of a request about a `.env` file.
final class EnvBody {
  /// What is asked for beside the rule.
  enum Extra {
    /// Nothing is created and no value is answered: the vault says what it would do.
    DRY_RUN("dryRun"),
    /// Lifts what the dialect `raw` refuses.
    ALLOW_UNSAFE("allowUnsafe");

    private final String member;

    Extra(String member) {
      this.member = member;
    }
  }

  private EnvBody() {}

  /// @param content UTF-8; stays the caller's
  /// @param values wiped; null when there are none
  /// @return belongs to the caller, who wipes it
  static byte[] of(
      byte[] content, byte @Nullable [] values, EnvMode mode, Dialect dialect, Extra... extras) {
    int valueBytes = values == null ? 0 : values.length;
    ByteArrayOutputStream body = new ByteArrayOutputStream(2 * content.length + valueBytes + 256);
    try (JsonGenerator generator = JsonObject.FACTORY.createGenerator(body)) {
      generator.writeStartObject();
      generator.writeStringField("mode", mode.text());
      generator.writeStringField("dialect", dialect.text());
      for (Extra extra : extras) {
        generator.writeBooleanField(extra.member, true);
      }
      generator.writeFieldName("content");
      generator.writeUTF8String(content, 0, content.length);
      if (values != null) {
        generator.writeFieldName("values");
        EnvValues.copy(values, generator);
      }
      generator.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    } finally {
      if (values != null) {
        Arrays.fill(values, (byte) 0);
      }
    }
    return body.toByteArray();
  }
}
