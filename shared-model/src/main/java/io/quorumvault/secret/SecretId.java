package io.quorumvault.secret;

import java.util.Comparator;

/// Which secret: a name in a namespace. Ordered by namespace, then name; transactions touch names
/// in this order.
public record SecretId(Namespace namespace, SecretName name) implements Comparable<SecretId> {
  private static final Comparator<SecretId> ORDER =
      Comparator.comparing(SecretId::namespace).thenComparing(SecretId::name);

  public static SecretId of(String namespace, String name) {
    return new SecretId(new Namespace(namespace), new SecretName(name));
  }

  @Override
  public int compareTo(SecretId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
