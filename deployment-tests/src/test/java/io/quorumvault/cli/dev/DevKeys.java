package io.quorumvault.cli.dev;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/// The keys of a dev cluster, made as `qv dev` makes them.
///
/// @param root the directory, as of `--data`
/// @param token one that the cluster's first user may use
public record DevKeys(Path root, String token) {
  public static DevKeys make(Path root, int nodes) throws IOException {
    ClusterFolder folder = ClusterFolder.create(root);
    new CertificateIssuer(folder, Clock.systemUTC()).issue(ClusterSettings.CELL, nodes);
    TokenSigner signer = new TokenSigner(folder, Clock.systemUTC());
    signer.prepare();
    return new DevKeys(
        folder.root(),
        signer.sign(
            new TokenSigner.Claims(
                ClusterSettings.SUBJECT,
                List.of(),
                ClusterSettings.AUDIENCE,
                Duration.ofHours(1))));
  }
}
