package io.quorumvault.dotenv;

import java.util.Optional;

/// The reader a file is meant for. It decides in which form a value can be written, and which
/// values cannot be written at all. None of them can be given NUL.
public enum Dialect {
  /// Read alike by motdotla/dotenv (both of its parsers), dotenvx, python-dotenv, Docker Compose
  /// and bash: bare, in `"…"` or in `'…'`, never with an escape. Cannot hold CR, nor `'` together
  /// with one of `"`, `\`, `$` and the backtick.
  PORTABLE("portable"),
  /// A POSIX shell (`set -a; . ./.env`): `'…'`, and `'\''` for a single quote. Holds everything.
  POSIX("posix"),
  /// Docker Compose: `"…"` with `\\`, `\"`, `\$`, `\n` and `\r`. Holds everything.
  COMPOSE("compose"),
  /// `docker run --env-file`: the rest of the line as it stands. Cannot hold line ends, values
  /// wrapped in a pair of quotes, nor lines beyond 64 KiB.
  DOCKER("docker"),
  /// `kubectl create … --from-env-file`: as docker, and a name may be assigned once only.
  KUBE("kube"),
  /// motdotla/dotenv: the first of `'`, `"` and the backtick that the value does not contain.
  /// Cannot hold a `\` at the end.
  NODE("node"),
  /// python-dotenv: `"…"` with `\\`, `\"`, `\n` and `\r`. Cannot hold `${…}`, nor a `\` at the end
  /// of what does not stand without quotes.
  PYTHON("python"),
  /// dotenv-java: bare, or `"…"`. Cannot hold `"` nor line ends.
  JAVA("java"),
  /// The value as it is, where the reference stood. Unsafe: a reader may take a part of the value
  /// for syntax. Refused for values with a line end, `$(` or a backtick, unless allowed.
  RAW("raw");

  private final String text;

  Dialect(String text) {
    this.text = text;
  }

  /// The word in the public contract.
  public String text() {
    return text;
  }

  public static Optional<Dialect> of(String text) {
    for (Dialect dialect : values()) {
      if (dialect.text.equals(text)) {
        return Optional.of(dialect);
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return text;
  }
}
