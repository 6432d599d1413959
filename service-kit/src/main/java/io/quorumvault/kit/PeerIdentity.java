package io.quorumvault.kit;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Who a certificate speaks for: a role in a cell. In the certificate it is the only URI among the
/// subject's alternative names (RFC 5280, section 4.2.1.6): `urn:quorumvault:<cell>:node:<index>`,
/// `urn:quorumvault:<cell>:api` or `urn:quorumvault:<cell>:operator`. A node's may also be
/// `urn:quorumvault:<cell>:node:node-<index>`, since what issues certificates to the pods of a
/// StatefulSet knows their names, and nothing else of them.
///
/// @param cell 1 to 63 lower-case letters, digits and hyphens, neither first nor last a hyphen
public record PeerIdentity(String cell, PeerRole role) {
  private static final Pattern CELL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern URN =
      Pattern.compile(
          "urn:quorumvault:([a-z0-9-]+):(?:(api)|(operator)|node:(?:node-)?([1-9][0-9]{0,2}))");

  /// The tag of `uniformResourceIdentifier` in a `GeneralName`.
  private static final int URI_NAME = 6;

  public PeerIdentity {
    if (!CELL.matcher(cell).matches()) {
      throw new IllegalArgumentException("cell (expected: " + CELL + ")");
    }
  }

  public static PeerIdentity node(String cell, int index) {
    return new PeerIdentity(cell, new PeerRole.Node(index));
  }

  public static PeerIdentity api(String cell) {
    return new PeerIdentity(cell, new PeerRole.Api());
  }

  public static PeerIdentity operator(String cell) {
    return new PeerIdentity(cell, new PeerRole.Operator());
  }

  /// The identity of exactly these forms; another spelling is no identity.
  public static Optional<PeerIdentity> ofUrn(String urn) {
    Matcher matcher = URN.matcher(urn);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      String cell = matcher.group(1);
      if (matcher.group(2) != null) {
        return Optional.of(api(cell));
      }
      if (matcher.group(3) != null) {
        return Optional.of(operator(cell));
      }
      return Optional.of(node(cell, Integer.parseInt(matcher.group(4))));
    } catch (IllegalArgumentException beyondItsRules) {
      return Optional.empty();
    }
  }

  /// The identity a certificate speaks for; empty if it has none, or more than one URI. Says
  /// nothing about whether the certificate is to be trusted: on a server it is the one of a
  /// finished handshake.
  public static Optional<PeerIdentity> of(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      if (names == null) {
        return Optional.empty();
      }
      List<String> uris =
          names.stream()
              .filter(name -> name.getFirst().equals(URI_NAME))
              .map(name -> (String) name.get(1))
              .toList();
      return uris.size() == 1 ? ofUrn(uris.getFirst()) : Optional.empty();
    } catch (CertificateParsingException unreadable) {
      return Optional.empty();
    }
  }

  /// The form in a certificate, for a node the shorter one.
  public String urn() {
    return "urn:quorumvault:"
        + cell
        + switch (role) {
          case PeerRole.Node(int index) -> ":node:" + index;
          case PeerRole.Api() -> ":api";
          case PeerRole.Operator() -> ":operator";
        };
  }

  @Override
  public String toString() {
    return urn();
  }
}
