package io.quorumvault.dotenv;

import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import java.util.Map;

/// What is asked for: a file, and what to do with it. Its `toString` tells neither text nor values.
///
/// @param content the file, as `DotenvText` decoded it or as it came in JSON
/// @param values values for `enc()` that are not in the file; they stay the caller's, who wipes
///   them
/// @param dialect the reader the file is meant for
/// @param allowUnsafe lifts what `Dialect.RAW` refuses
public record EnvTask(
    String content,
    Map<SecretName, SecretValue> values,
    EnvMode mode,
    Dialect dialect,
    boolean allowUnsafe) {
  public EnvTask {
    values = Map.copyOf(values);
  }

  @Override
  public String toString() {
    return "EnvTask["
        + content.length()
        + " chars, "
        + values.size()
        + " values, "
        + mode
        + ", "
        + dialect
        + "]";
  }
}
