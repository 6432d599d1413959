package io.quorumvault.cli.importing;

import io.quorumvault.Limits;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Gathers what a reader finds: decides what can be a secret, and under which name.
final class Harvest {
  private final Names names;
  private final boolean skipEmpty;
  private final List<Export.Found> found = new ArrayList<>();
  private final List<Export.Problem> problems = new ArrayList<>();
  private final Map<SecretName, String> sources = new HashMap<>();

  /// @param prefix goes before every name; empty for none
  /// @param skipEmpty leaves out what has no value instead of refusing it
  Harvest(String prefix, boolean skipEmpty) {
    this.names = new Names(prefix);
    this.skipEmpty = skipEmpty;
  }

  /// @param bytes taken over and wiped
  void add(List<String> path, String key, byte[] bytes) {
    Optional<SecretName> name = names.name(path, key);
    if (bytes.length < Limits.VALUE_BYTES_MIN) {
      nothing(path, key, "there is no value");
    } else if (bytes.length > Limits.VALUE_BYTES_MAX) {
      problem(path, key, "the value is larger than " + Limits.VALUE_BYTES_MAX + " bytes");
    } else if (key.isEmpty()) {
      problem(path, key, "the key is empty");
    } else if (name.isEmpty()) {
      problem(path, key, "the name would be longer than " + Limits.NAME_CHARS_MAX + " characters");
    } else {
      String source = source(path, key);
      String other = sources.putIfAbsent(name.get(), source);
      if (other == null) {
        found.add(new Export.Found(source, name.get(), SecretValue.owning(bytes.clone())));
      } else {
        problem(path, key, "would be " + name.get() + ", and so would " + other);
      }
    }
    Arrays.fill(bytes, (byte) 0);
  }

  /// Something without a value, which is left out where that is asked for.
  ///
  /// @param key null for all of the path
  void nothing(List<String> path, @Nullable String key, String message) {
    if (!skipEmpty) {
      problem(path, key, message + "; --skip-empty leaves such out");
    }
  }

  /// @param key null for all of the path
  void problem(List<String> path, @Nullable String key, String message) {
    problems.add(new Export.Problem(source(path, key), message));
  }

  private static String source(List<String> path, @Nullable String key) {
    String where = String.join("/", path);
    String source = key == null ? where : where.isEmpty() ? key : where + " " + key;
    // Half of a surrogate pair could be written nowhere.
    return new String(source.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  Export export() {
    return found.isEmpty() && problems.isEmpty()
        ? Export.unreadable("there is no secret in it")
        : new Export(found, problems);
  }
}
