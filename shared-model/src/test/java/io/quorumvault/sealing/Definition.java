package io.quorumvault.sealing;

import io.quorumvault.secret.ValueEncoding;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/// Payload, commitment and share digest written out again from their definitions: HMAC built from
/// SHA-256 as in RFC 2104, and all bytes put together by a stream.
final class Definition {
  private Definition() {}

  private interface Writing {
    void to(DataOutputStream out) throws IOException;
  }

  static byte[] payload(byte[] key, byte[] value) {
    return bytes(out -> {
      out.write(key);
      out.writeInt(value.length);
      out.write(value);
      while (out.size() % 64 != 0) {
        out.write(0);
      }
    });
  }

  static byte[] commitment(
      byte[] key, SealingContext context, byte[] value, ValueEncoding encoding) {
    byte[] message =
        bytes(out -> {
          writeForm(out, context);
          out.writeInt(value.length);
          out.write(value);
          out.writeBytes(encoding.text());
        });
    byte[] inner = sha256(bytes(out -> writePadded(out, key, 0x36, message)));
    return sha256(bytes(out -> writePadded(out, key, 0x5c, inner)));
  }

  static byte[] digest(SealingContext context, int x, byte[] share) {
    return sha256(
        bytes(out -> {
          writeForm(out, context);
          out.write(x);
          out.write(share);
        }));
  }

  private static void writeForm(DataOutputStream out, SealingContext context) throws IOException {
    for (String text :
        List.of(
            "io.quorumvault.sealing.v1",
            context.cell(),
            context.secret().namespace().text(),
            context.secret().name().text(),
            context.writeId())) {
      out.writeInt(text.length());
      out.writeBytes(text);
    }
    out.write(context.threshold().n());
    out.write(context.threshold().k());
  }

  private static void writePadded(DataOutputStream out, byte[] key, int pad, byte[] message)
      throws IOException {
    for (int i = 0; i < 64; i++) {
      out.write((i < key.length ? key[i] : 0) ^ pad);
    }
    out.write(message);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static byte[] bytes(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writing.to(new DataOutputStream(bytes));
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
    return bytes.toByteArray();
  }
}
