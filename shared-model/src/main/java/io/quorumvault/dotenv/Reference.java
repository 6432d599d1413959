package io.quorumvault.dotenv;

import io.quorumvault.secret.SecretName;
import java.util.List;

/// A reference in a value. Its `toString` does not tell the name: who mistakes `enc()` for a
/// function of the value wrote a password there.
public sealed interface Reference {
  SecretName name();

  /// Where it stands.
  Place place();

  /// Where it begins in the text.
  int start();

  /// Where it ends in the text, behind its closing parenthesis.
  int end();

  /// `secret(…)`: a value of the vault goes here.
  ///
  /// @param filters in the order they apply
  record Read(
      SecretName name, Selector selector, List<Filter> filters, Place place, int start, int end)
      implements Reference {
    public Read {
      filters = List.copyOf(filters);
    }

    public SecretRead read() {
      return new SecretRead(name, selector);
    }

    @Override
    public String toString() {
      return "secret() at " + place;
    }
  }

  /// `enc(…)`: becomes `secret(…)` when the value is in the vault.
  record Seal(SecretName name, Supply supply, Place place, int start, int end)
      implements Reference {
    @Override
    public String toString() {
      return "enc() at " + place;
    }
  }

  /// What an `enc()` itself says about its value.
  sealed interface Supply {}

  /// Nothing: the value comes beside the file, or from an assignment in it.
  record Elsewhere() implements Supply {}

  /// `enc(NAME:…)`: the value stands in the text between these offsets, without its quotes.
  record Inline(int start, int end, boolean quoted) implements Supply {}

  /// `enc(NAME|generate=32)`: so many characters of chance.
  record Generated(int chars) implements Supply {}
}
