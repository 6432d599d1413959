package io.quorumvault.api.http;

import io.quorumvault.VaultFailure;
import io.quorumvault.Violation;
import io.quorumvault.dotenv.Dialect;
import io.quorumvault.dotenv.EnvMode;
import io.quorumvault.dotenv.EnvTask;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The body of `processEnv`, read strictly. No failure repeats anything of it. Holds the values
/// that came beside the file until it is closed.
///
/// @param dryRun whether to say what would be done, and do nothing
record EnvBody(EnvTask task, boolean dryRun) implements AutoCloseable {
  private static final String CONTENT = "content";
  private static final String VALUES = "values";
  private static final String MODE = "mode";
  private static final String DIALECT = "dialect";
  private static final String DRY_RUN = "dryRun";
  private static final String ALLOW_UNSAFE = "allowUnsafe";

  /// @throws VaultFailure 400 or 413
  static EnvBody read(Body body) {
    JsonMembers members =
        JsonMembers.read(
            body, Set.of(CONTENT, MODE, DIALECT), Set.of(DRY_RUN, ALLOW_UNSAFE), Set.of(VALUES));
    List<Violation> violations = new ArrayList<>();
    @Nullable String content = members.text(CONTENT);
    if (content == null) {
      violations.add(JsonMembers.missing(CONTENT));
    }
    @Nullable String mode = members.text(MODE);
    Optional<EnvMode> knownMode = mode == null ? Optional.of(EnvMode.DEFAULT) : EnvMode.of(mode);
    if (knownMode.isEmpty()) {
      violations.add(Query.MODE_KNOWN);
    }
    @Nullable String dialect = members.text(DIALECT);
    Optional<Dialect> knownDialect =
        dialect == null ? Optional.of(Dialect.PORTABLE) : Dialect.of(dialect);
    if (knownDialect.isEmpty()) {
      violations.add(Query.DIALECT_KNOWN);
    }
    Map<SecretName, SecretValue> values = new HashMap<>();
    boolean complete = false;
    try {
      members.map(VALUES).forEach((name, value) -> addValue(name, value, values, violations));
      complete = content != null && violations.isEmpty();
      if (content == null || !complete) {
        throw VaultFailure.invalid(violations.stream().distinct().toList());
      }
      return new EnvBody(
          new EnvTask(
              content,
              values,
              knownMode.orElseThrow(),
              knownDialect.orElseThrow(),
              members.flag(ALLOW_UNSAFE)),
          members.flag(DRY_RUN));
    } finally {
      if (!complete) {
        values.values().forEach(SecretValue::close);
      }
    }
  }

  private static void addValue(
      String sentName,
      String sentValue,
      Map<SecretName, SecretValue> values,
      List<Violation> violations) {
    Optional<SecretName> name = Names.secretName(sentName);
    if (name.isEmpty()) {
      violations.add(Names.secretNameForm(VALUES));
    }
    if (sentValue.isEmpty()) {
      violations.add(new Violation(VALUES, "value-empty", "At least 1 byte each."));
      return;
    }
    Optional<byte[]> value = SecretBody.utf8(VALUES, sentValue, violations);
    if (name.isPresent() && value.isPresent()) {
      values.put(name.get(), SecretValue.owning(value.get()));
    }
  }

  @Override
  public void close() {
    task.values().values().forEach(SecretValue::close);
  }
}
