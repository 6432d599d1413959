package io.quorumvault.record;

import io.quorumvault.Bytes;
import io.quorumvault.wire.MalformedRecordException;
import io.quorumvault.wire.RecordCodec;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Optional;

/// The header that is stored beside a share and shows whether both are still what was written.
///
/// The header is the canonical CBOR of this record, `{v, alg, size, digest, meta}`. The digest is
/// SHA-256 over the same map without the digest, followed by the share; canonical CBOR says itself
/// where it ends, so no two pairs of header and share are hashed alike. The digest guards against
/// disks, not against attackers: who can write both can write a matching digest. A share is a point
/// of a random polynomial, so its digest beside it tells nothing about the secret.
///
/// The version is the first member of every header there will ever be, so that a newer header is
/// told from a damaged one.
///
/// @param v the version of the header: 1
/// @param alg the digest: `sha-256`
/// @param size bytes of the share
/// @param digest 32 bytes
/// @param meta what the share is; at most `METADATA_BYTES_MAX` bytes as CBOR
public record Envelope(int v, String alg, int size, Bytes digest, Metadata meta) {
  public static final int VERSION = 1;
  public static final String ALGORITHM = "sha-256";

  /// Longest metadata as CBOR. The longest namespace, name and write id fit with room to spare, and
  /// a header stays small beside the smallest share.
  public static final int METADATA_BYTES_MAX = 512;

  private static final int DIGEST_BYTES = 32;

  /// A map of up to 23 members, then the key `v`: how every header begins.
  private static final int MAP_OF_FEW = 0xa0;

  private static final int VERSION_AT = 3;

  /// What a share is.
  ///
  /// @param subject which record it belongs to, in words of the one who stores it; never a value
  /// @param purpose what it is kept for
  /// @param ts when it was sealed, in whole milliseconds
  public record Metadata(String subject, String purpose, Instant ts) {}

  /// An envelope that exists has a known version and digest; whether it fits a share, `open` says.
  public Envelope {
    if (v != VERSION) {
      throw new UnknownEnvelopeException("envelope version " + v + " (expected: " + VERSION + ")");
    }
    if (!alg.equals(ALGORITHM)) {
      throw new UnknownEnvelopeException("envelope digest (expected: " + ALGORITHM + ")");
    }
    if (size < 0) {
      throw new IllegalArgumentException("size: " + size + " (expected: at least 0)");
    }
    if (digest.length() != DIGEST_BYTES) {
      throw new IllegalArgumentException("digest (expected: " + DIGEST_BYTES + " bytes)");
    }
    int metadataBytes = RecordCodec.encode(meta).length;
    if (metadataBytes > METADATA_BYTES_MAX) {
      throw new IllegalArgumentException(
          "metadata of " + metadataBytes + " bytes (expected: at most " + METADATA_BYTES_MAX + ")");
    }
  }

  /// The envelope of a share. The array stays the caller's and is not kept.
  public static Envelope seal(byte[] share, Metadata meta) {
    return new Envelope(VERSION, ALGORITHM, share.length, digest(share, meta), meta);
  }

  /// The envelope that `header` is, if it belongs to this share, subject and purpose and every byte
  /// of header and share is as it was sealed. Otherwise empty: the share is to be treated as
  /// absent. The arrays stay the caller's and are not kept.
  ///
  /// @throws UnknownEnvelopeException if the header is of another version or names another digest
  public static Optional<Envelope> open(
      byte[] header, byte[] share, String subject, String purpose) {
    if (hasOtherVersion(header)) {
      throw new UnknownEnvelopeException("envelope version (expected: " + VERSION + ")");
    }
    Envelope envelope;
    try {
      envelope = RecordCodec.decode(Envelope.class, header);
    } catch (MalformedRecordException damaged) {
      return Optional.empty();
    }
    boolean whole =
        envelope.size == share.length
            && envelope.digest.equals(digest(share, envelope.meta))
            && envelope.meta.subject.equals(subject)
            && envelope.meta.purpose.equals(purpose);
    return whole ? Optional.of(envelope) : Optional.empty();
  }

  /// The canonical bytes to store beside the share.
  public byte[] header() {
    return RecordCodec.encode(this);
  }

  /// Looks at the version alone: the rest of a newer header need not be readable here.
  private static boolean hasOtherVersion(byte[] header) {
    return header.length > VERSION_AT
        && (header[0] & 0xe0) == MAP_OF_FEW
        && header[1] == 0x61
        && header[2] == 'v'
        && header[VERSION_AT] != VERSION;
  }

  private static Bytes digest(byte[] share, Metadata meta) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(RecordCodec.encode(new DigestedHeader(VERSION, ALGORITHM, share.length, meta)));
      return Bytes.copyOf(sha256.digest(share));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("a JDK always has SHA-256", missing);
    }
  }

  private record DigestedHeader(int v, String alg, int size, Metadata meta) {}
}
