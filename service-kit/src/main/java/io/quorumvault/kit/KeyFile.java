package io.quorumvault.kit;

import io.helidon.security.jwt.jwk.JwkKeys;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;

/// A key set in a file, seen anew within a second of a change.
final class KeyFile implements TokenKeys {
  private final WatchedFiles<JwkKeys> file;

  KeyFile(Path path, InstantSource clock, LongSupplier nanoTime) {
    this.file =
        new WatchedFiles<>(
            "key set",
            List.of(path),
            SigningKeys.DOCUMENT_BYTES_MAX,
            contents -> SigningKeys.parse(contents.getFirst()),
            clock,
            nanoTime);
  }

  @Override
  public JwkKeys current() {
    return file.current();
  }

  @Override
  public JwkKeys afterUnknownKey() {
    return file.current();
  }
}
