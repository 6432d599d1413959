package io.quorumvault.dotenv;

import io.quorumvault.secret.SecretName;
import org.jspecify.annotations.Nullable;

/// Something in a file that is allowed and probably not meant.
///
/// @param place where, null if it is not in the file
/// @param variable whose value it is in, null if in none
/// @param secret the secret it is about
public record DotenvWarning(
    Kind kind, @Nullable Place place, @Nullable String variable, SecretName secret) {

  public enum Kind {
    URL_WITHOUT_URLENCODE(
        "env-url-unencoded",
        "in a URL, a value with '@', '/', ':', '#', '?' or '%' needs the filter |urlencode"),
    UNUSED_VALUE("env-value-unused", "a value was given for a name that no enc() has");

    private final String code;
    private final String rule;

    Kind(String code, String rule) {
      this.code = code;
      this.rule = rule;
    }

    public String code() {
      return code;
    }

    /// The warning in words.
    public String rule() {
      return rule;
    }
  }
}
