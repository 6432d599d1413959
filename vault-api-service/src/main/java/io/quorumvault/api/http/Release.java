package io.quorumvault.api.http;

import java.util.Optional;

/// Which build this is.
final class Release {
  /// The version in the jar's manifest; classes that stand outside a jar are a developer's.
  static final String VERSION =
      Optional.ofNullable(Release.class.getPackage().getImplementationVersion())
          .orElse("development");

  private Release() {}
}
