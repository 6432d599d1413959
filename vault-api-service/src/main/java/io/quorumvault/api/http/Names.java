package io.quorumvault.api.http;

import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.Violation;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.util.Optional;

/// Texts from outside to names: either a valid name comes out or a violation of the rule, which
/// does not repeat the text.
final class Names {
  private Names() {}

  static Optional<SecretName> secretName(String sent) {
    try {
      return Optional.of(new SecretName(sent));
    } catch (IllegalArgumentException unfit) {
      return Optional.empty();
    }
  }

  static Violation secretNameForm(String field) {
    return new Violation(
        field,
        "name-form",
        "1 to "
            + Limits.NAME_CHARS_MAX
            + " of A-Z a-z 0-9 _ . - and neither . nor - at the beginning.");
  }

  /// @throws VaultFailure 400
  static Namespace namespaceOfPath(String sent) {
    try {
      return new Namespace(sent);
    } catch (IllegalArgumentException unfit) {
      throw VaultFailure.invalid(
          "namespace", "namespace-form", "1 to 63 of a-z 0-9 - and no - at the beginning or end.");
    }
  }
}
