package io.quorumvault.cli.importing;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What HashiCorp Vault or OpenBao hold in a key/value engine, as JSON:
///
/// - the answer of `vault kv get -format=json`, of version 2 of the engine (the secret is
///   `data.data`) or 1 (it is `data`); it does not say its own path;
/// - an object whose members are paths and whose values are such answers;
/// - an object of objects, as `medusa export --format=json` writes it: every level is a part of the
///   path, and the innermost members are the keys.
///
/// A number, `true` and `false` become the text that stands there. A list, and an object inside an
/// answer, become their JSON on one line. `null` and the empty text are no values.
public final class VaultExport {
  private final Harvest harvest;

  private VaultExport(Harvest harvest) {
    this.harvest = harvest;
  }

  /// Never fails: what cannot be imported is told as problems.
  ///
  /// @param text stays the caller's
  /// @param prefix goes before every name; empty for none
  /// @param skipEmpty leaves out what has no value instead of refusing it
  public static Export read(byte[] text, String prefix, boolean skipEmpty) {
    JsonTree tree;
    try {
      tree = JsonTree.parse(text);
    } catch (JsonTree.Unreadable unreadable) {
      return Export.unreadable(String.valueOf(unreadable.getMessage()));
    }
    try {
      VaultExport export = new VaultExport(new Harvest(prefix, skipEmpty));
      if (tree instanceof JsonTree.Members members) {
        export.take(List.of(), members);
      } else {
        return Export.unreadable("it is no JSON object");
      }
      return export.harvest.export();
    } finally {
      JsonTree.wipe(tree);
    }
  }

  private void take(List<String> path, JsonTree.Members members) {
    if (isAnswer(members)) {
      answer(path, members);
    } else if (isVersion(members)) {
      version(path, members);
    } else {
      members
          .all()
          .forEach((name, value) -> {
            if (value instanceof JsonTree.Members inner) {
              take(deeper(path, name), inner);
            } else {
              value(path, name, value);
            }
          });
    }
  }

  private static List<String> deeper(List<String> path, String name) {
    return Stream.concat(
            path.stream(), Arrays.stream(name.split("/", -1)).filter(part -> !part.isEmpty()))
        .toList();
  }

  /// What every answer of the store has around the data.
  private static boolean isAnswer(JsonTree.Members members) {
    return members.has("request_id") && members.has("lease_duration") && members.has("data");
  }

  /// A version of a secret, of version 2 of the engine.
  private static boolean isVersion(JsonTree.Members members) {
    return members.all().size() == 2
        && members.has("data")
        && members.get("metadata") instanceof JsonTree.Members metadata
        && metadata.has("version")
        && metadata.has("created_time");
  }

  private void answer(List<String> path, JsonTree.Members answer) {
    JsonTree data = answer.get("data");
    if (!(data instanceof JsonTree.Members members)) {
      harvest.problem(path, null, "the answer holds no data");
    } else if (isVersion(members)) {
      version(path, members);
    } else if (members.all().size() == 1 && members.get("keys") instanceof JsonTree.Elements) {
      harvest.problem(path, null, "this is a list of names, not a secret");
    } else {
      secret(path, members);
    }
  }

  private void version(List<String> path, JsonTree.Members version) {
    if (version.get("data") instanceof JsonTree.Members members) {
      secret(path, members);
    } else {
      harvest.nothing(path, null, "this version is deleted or destroyed");
    }
  }

  private void secret(List<String> path, JsonTree.Members secret) {
    secret.all().forEach((key, value) -> value(path, key, value));
  }

  private void value(List<String> path, String key, JsonTree value) {
    byte @Nullable [] bytes;
    try {
      bytes =
          switch (value) {
            case JsonTree.Scalar scalar -> scalar.bytes() == null ? null : scalar.bytes().clone();
            case JsonTree.Nothing nothing -> new byte[0];
            case JsonTree.Elements elements -> JsonTree.text(elements);
            case JsonTree.Members members -> JsonTree.text(members);
          };
    } catch (IOException notUnicode) {
      bytes = null;
    }
    if (bytes == null) {
      harvest.problem(path, key, "the value is no Unicode text");
    } else {
      harvest.add(path, key, bytes);
    }
  }
}
