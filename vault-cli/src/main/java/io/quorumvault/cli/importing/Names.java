package io.quorumvault.cli.importing;

import io.quorumvault.Limits;
import io.quorumvault.secret.SecretName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The rule that makes a name of ours of a path and a key: the prefix, the parts of the path and
/// the key, joined by dots; what no name can have becomes `_`, and a name that would begin with a
/// dot or a hyphen gets a `_` before it. Nothing is cut off: what is too long is no name.
///
/// The rule can make one name of two. Who uses it has to look.
final class Names {
  private final String prefix;

  /// @param prefix empty for none
  Names(String prefix) {
    this.prefix = prefix;
  }

  /// @param path parts, without slashes
  /// @return empty when the name would be too long, or the key is empty
  Optional<SecretName> name(List<String> path, String key) {
    if (key.isEmpty()) {
      return Optional.empty();
    }
    String joined =
        Stream.of(
                prefix.isEmpty() ? Stream.<String>of() : Stream.of(prefix),
                path.stream(),
                Stream.of(key))
            .flatMap(parts -> parts)
            .collect(Collectors.joining("."));
    StringBuilder name = new StringBuilder(joined.length() + 1);
    joined.codePoints().map(Names::legal).forEach(name::appendCodePoint);
    if (name.charAt(0) == '.' || name.charAt(0) == '-') {
      name.insert(0, '_');
    }
    return name.length() > Limits.NAME_CHARS_MAX
        ? Optional.empty()
        : Optional.of(new SecretName(name.toString()));
  }

  private static int legal(int point) {
    boolean legal =
        (point >= 'a' && point <= 'z')
            || (point >= 'A' && point <= 'Z')
            || (point >= '0' && point <= '9')
            || point == '_'
            || point == '.'
            || point == '-';
    return legal ? point : '_';
  }
}
