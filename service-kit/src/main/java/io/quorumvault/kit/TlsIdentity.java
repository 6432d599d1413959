package io.quorumvault.kit;

import io.quorumvault.Bytes;
import io.quorumvault.erasure.ErasureSignature;
import io.quorumvault.erasure.ErasureStatement;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;

/// Who this process is to its peers, and whom it believes: a certificate, its key and the trusted
/// authorities, from PEM files as Kubernetes mounts them.
///
/// All connections are TLS 1.3 with certificates on both sides. There is one context for each peer
/// one calls, so that no session is ever resumed with another one than it was made with. The files
/// are read again when they change: new handshakes use what is there then, so certificates rotate
/// without a restart. Safe for use by several threads.
public final class TlsIdentity {
  /// Longest PEM file: a chain of certificates, many times over.
  private static final int FILE_BYTES_MAX = 1 << 20;

  private final WatchedFiles<TlsMaterial> files;
  private final PeerIdentity self;

  TlsIdentity(Path certificate, Path key, Path trust, InstantSource clock, LongSupplier nanoTime) {
    this.files =
        new WatchedFiles<>(
            "TLS files",
            List.of(certificate, key, trust),
            FILE_BYTES_MAX,
            contents -> TlsMaterial.of(contents.get(0), contents.get(1), contents.get(2)),
            clock,
            nanoTime);
    this.self = files.current().identity();
  }

  /// Opens the files, which must belong together now: a service does not start without them.
  ///
  /// @param certificate our certificate, and any authorities between it and the trusted one
  /// @param key its private key: PKCS#8, not encrypted
  /// @param trust the authorities whose certificates we believe
  /// @throws IllegalStateException if they do not; the message says which file and what was
  ///   expected
  public static TlsIdentity open(Path certificate, Path key, Path trust) {
    return new TlsIdentity(certificate, key, trust, InstantSource.system(), System::nanoTime);
  }

  /// Who our certificate spoke for when the files were opened.
  public PeerIdentity self() {
    return self;
  }

  /// Since when the certificate in use is valid.
  public Instant validFrom() {
    return files.current().chain().getFirst().getNotBefore().toInstant();
  }

  /// Until when the certificate in use, and those between it and the authority, are valid.
  public Instant validUntil() {
    return files.current().chain().stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  /// Certificates of the authorities that are believed.
  public List<X509Certificate> authorities() {
    return List.of(files.current().trust().getAcceptedIssuers());
  }

  /// Signs what this node says it has destroyed, with the key of the certificate in use. Nothing
  /// else is ever signed but handshakes, with which a statement shares no beginning.
  ///
  /// @throws IllegalStateException if the statement is another's: our certificate would not bear it
  ///   out
  public ErasureSignature sign(ErasureStatement statement) {
    TlsMaterial now = files.current();
    PeerIdentity speaker = PeerIdentity.node(statement.erasure().cell(), statement.node().index());
    if (!now.identity().equals(speaker)) {
      throw new IllegalStateException(
          "statement of " + speaker + " (expected: of " + now.identity() + ")");
    }
    try {
      Signature signature =
          Signature.getInstance(ErasureStatement.algorithm(now.chain().getFirst().getPublicKey()));
      signature.initSign(now.key());
      signature.update(statement.signedBytes());
      List<Bytes> certificates = new ArrayList<>();
      for (X509Certificate certificate : now.chain()) {
        certificates.add(Bytes.copyOf(certificate.getEncoded()));
      }
      return new ErasureSignature(
          statement.node(), statement.signedAt(), Bytes.copyOf(signature.sign()), certificates);
    } catch (GeneralSecurityException unusable) {
      throw new IllegalStateException("the key of the certificate does not sign", unusable);
    }
  }

  /// For a client that calls `peer` and nobody else: a server with another identity is not talked
  /// to, even if its certificate has the right host name.
  public SSLContext clientTo(PeerIdentity peer) {
    return Tls13Context.of(keys(), trust(peer::equals, peer.urn()));
  }

  /// For a server that is called by members of our own cell. Who may do what is for the resource to
  /// decide, by `PeerIdentity.of` the certificate of the connection.
  public SSLContext server() {
    return Tls13Context.of(keys(), ownCell());
  }

  OwnKeys keys() {
    return new OwnKeys(files::current);
  }

  PeerTrust ownCell() {
    return trust(peer -> peer.cell().equals(self.cell()), "a member of cell " + self.cell());
  }

  private PeerTrust trust(Predicate<PeerIdentity> expected, String expectation) {
    return new PeerTrust(files::current, expected, expectation);
  }
}
