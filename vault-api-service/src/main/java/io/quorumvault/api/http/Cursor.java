package io.quorumvault.api.http;

import io.quorumvault.VaultFailure;
import io.quorumvault.audit.AuditPosition;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/// Where the next page begins, as text that means nothing to callers.
///
/// Base64url of a version byte, eight bytes of a digest over what the pages are of, and the
/// position. The digest binds a cursor to its list: one from another namespace, secret or prefix is
/// refused instead of giving a page of something else. It is no seal; a forged cursor shows nothing
/// that its forger could not ask for openly.
final class Cursor {
  private static final byte VERSION = 1;
  private static final int SCOPE_BYTES = 8;
  private static final int HEAD_BYTES = 1 + SCOPE_BYTES;

  /// A time, a node, a number.
  private static final int AUDIT_POSITION_BYTES = Long.BYTES + 1 + Long.BYTES;

  /// The longest name as a position, in base64; a longer text is none of ours.
  static final int CHARS_MAX = 256;

  private final byte[] scope;

  private Cursor(byte[] scope) {
    this.scope = scope;
  }

  /// Cursors of the list of secrets in a namespace whose names begin with `prefix`.
  static Cursor ofList(Namespace namespace, String prefix) {
    return new Cursor(scope("list", namespace.text(), prefix));
  }

  /// Cursors of the versions of one secret.
  static Cursor ofHistory(Namespace namespace, SecretName name) {
    return new Cursor(scope("history", namespace.text(), name.text()));
  }

  /// Cursors of the audit log of a namespace.
  static Cursor ofAudit(Namespace namespace) {
    return new Cursor(scope("audit", namespace.text()));
  }

  String after(SecretName name) {
    return text(name.text().getBytes(StandardCharsets.US_ASCII));
  }

  String below(long version) {
    return text(ByteBuffer.allocate(Long.BYTES).putLong(version).array());
  }

  String before(AuditPosition position) {
    return text(
        ByteBuffer.allocate(AUDIT_POSITION_BYTES)
            .putLong(position.ts().toEpochMilli())
            .put((byte) position.node().index())
            .putLong(position.seq())
            .array());
  }

  /// @throws VaultFailure 400 if it is not a cursor of this log
  AuditPosition readBefore(String cursor) {
    byte[] position = position(cursor);
    if (position.length != AUDIT_POSITION_BYTES) {
      throw foreign();
    }
    ByteBuffer bytes = ByteBuffer.wrap(position);
    try {
      return new AuditPosition(
          Instant.ofEpochMilli(bytes.getLong()),
          new NodeId(Byte.toUnsignedInt(bytes.get())),
          bytes.getLong());
    } catch (IllegalArgumentException forged) {
      throw foreign();
    }
  }

  /// @throws VaultFailure 400 if it is not a cursor of this list
  SecretName readAfter(String cursor) {
    return Names.secretName(new String(position(cursor), StandardCharsets.ISO_8859_1))
        .orElseThrow(Cursor::foreign);
  }

  /// @throws VaultFailure 400 if it is not a cursor of these versions
  long readBelow(String cursor) {
    byte[] position = position(cursor);
    if (position.length != Long.BYTES) {
      throw foreign();
    }
    long version = ByteBuffer.wrap(position).getLong();
    if (version < 1) {
      throw foreign();
    }
    return version;
  }

  private String text(byte[] position) {
    byte[] bytes =
        ByteBuffer.allocate(HEAD_BYTES + position.length)
            .put(VERSION)
            .put(scope)
            .put(position)
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private byte[] position(String cursor) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(cursor.length() > CHARS_MAX ? "" : cursor);
    } catch (IllegalArgumentException notBase64) {
      throw foreign();
    }
    if (bytes.length < HEAD_BYTES
        || bytes[0] != VERSION
        || !Arrays.equals(scope, Arrays.copyOfRange(bytes, 1, HEAD_BYTES))) {
      throw foreign();
    }
    byte[] position = Arrays.copyOfRange(bytes, HEAD_BYTES, bytes.length);
    if (!text(position).equals(cursor)) {
      throw foreign();
    }
    return position;
  }

  private static byte[] scope(String... parts) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (String part : List.of(parts)) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        sha256.update(bytes);
      }
      return Arrays.copyOf(sha256.digest(), SCOPE_BYTES);
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("a JDK always has SHA-256", missing);
    }
  }

  private static VaultFailure foreign() {
    return VaultFailure.invalid(
        "cursor", "cursor-own", "A nextCursor of an earlier page of the same list.");
  }
}
