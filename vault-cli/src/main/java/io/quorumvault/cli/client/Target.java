package io.quorumvault.cli.client;

import io.quorumvault.secret.Namespace;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/// Where a command is sent, and as whom.
///
/// @param api the vault's address, without path
/// @param authorities PEM certificates to trust instead of the system's
record Target(URI api, Namespace namespace, String token, Optional<Path> authorities) {
  /// Without the token.
  @Override
  public String toString() {
    return api + " " + namespace;
  }
}
