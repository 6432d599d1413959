package io.quorumvault.cli.receipt;

import io.quorumvault.Bytes;
import io.quorumvault.cli.JsonObject;
import io.quorumvault.erasure.Erasure;
import io.quorumvault.erasure.ErasureReceipt;
import io.quorumvault.erasure.ErasureSignature;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// A receipt as the public API writes it.
final class ReceiptFile {
  private static final String FORMAT = "quorum-vault erasure receipt 1";

  /// The only form of a time in a receipt, so that no other is taken for the same.
  private static final Pattern TIME =
      Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z");

  private ReceiptFile() {}

  /// @throws IOException, which repeats nothing of the text, if there is no receipt in it
  static ErasureReceipt parse(byte[] text) throws IOException {
    JsonObject document = document(text);
    if (!document.requiredText("format").equals(FORMAT)) {
      throw new IOException("format (expected: " + FORMAT + ")");
    }
    try {
      List<ErasureSignature> signatures = new ArrayList<>();
      for (JsonObject signature : document.objects("signatures")) {
        signatures.add(
            new ErasureSignature(
                new NodeId(signature.requiredInt("node")),
                time(signature, "signedAt"),
                bytes(signature.requiredText("signature")),
                certificates(signature)));
      }
      return new ErasureReceipt(
          new Erasure(
              document.requiredText("cell"),
              document.requiredInt("nodes"),
              document.requiredInt("threshold"),
              new Namespace(document.requiredText("namespace")),
              new SecretName(document.requiredText("name")),
              number(document, "incarnation"),
              number(document, "version"),
              number(document, "seq"),
              time(document, "deletedAt")),
          signatures);
    } catch (IllegalArgumentException malformed) {
      throw new IOException(malformed.getMessage(), malformed);
    }
  }

  private static JsonObject document(byte[] text) throws IOException {
    try {
      return JsonObject.parse(text);
    } catch (IOException malformed) {
      // Its message may quote the text.
      throw new IOException("text (expected: a JSON object, each member once)");
    }
  }

  private static List<Bytes> certificates(JsonObject signature) throws IOException {
    List<Bytes> certificates = new ArrayList<>();
    for (String certificate : signature.texts("certificates")) {
      certificates.add(bytes(certificate));
    }
    return certificates;
  }

  private static Bytes bytes(String base64) throws IOException {
    try {
      return Bytes.copyOf(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException malformed) {
      // Its message quotes the text.
      throw new IOException("signature, certificates (expected: base64)");
    }
  }

  private static long number(JsonObject document, String name) throws IOException {
    return document
        .number(name)
        .orElseThrow(() -> new IOException(name + " (expected: a whole number)"));
  }

  private static Instant time(JsonObject document, String name) throws IOException {
    String text = document.requiredText(name);
    try {
      if (TIME.matcher(text).matches()) {
        return Instant.parse(text);
      }
    } catch (DateTimeException noSuchTime) {
      // Said below, without the text.
    }
    throw new IOException(name + " (expected: a time like 2026-11-01T12:00:00.000Z)");
  }
}
