package io.quorumvault.dotenv;

import io.quorumvault.secret.SecretName;
import java.util.Comparator;

/// One read that a file needs: a secret, and which version of it. However often a file uses it, it
/// is read once. Ordered by name.
public record SecretRead(SecretName name, Selector selector) implements Comparable<SecretRead> {
  // Two selectors of one name are in the order of their text, which is any order but a fixed one.
  private static final Comparator<SecretRead> ORDER =
      Comparator.comparing(SecretRead::name).thenComparing(read -> read.selector().toString());

  @Override
  public int compareTo(SecretRead other) {
    return ORDER.compare(this, other);
  }
}
