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
  /// The path of the namespace's secrets.
  String secrets() {
    return "/v1/namespaces/" + namespace + "/secrets";
  }

  /// The path where `.env` files are sealed and opened.
  String env() {
    return "/v1/namespaces/" + namespace + "/env";
  }

  /// The path of the namespace's audit log.
  String audit() {
    return "/v1/namespaces/" + namespace + "/audit";
  }

  /// Without the token.
  @Override
  public String toString() {
    return api + " " + namespace;
  }
}
