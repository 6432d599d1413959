package io.quorumvault.cli.client;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One request to the vault, which may be sent more than once. Owns its body, which holds a value,
/// and wipes it when closed. Not safe for use by several threads at once.
final class Call implements AutoCloseable {
  private final String method;
  private final String path;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final byte @Nullable [] body;
  private final @Nullable String idempotencyKey;
  private @Nullable FileInQuestion file;

  private Call(
      String method, String path, byte @Nullable [] body, @Nullable String idempotencyKey) {
    this.method = method;
    this.path = path;
    this.body = body;
    this.idempotencyKey = idempotencyKey;
    if (idempotencyKey != null) {
      headers.put("Idempotency-Key", idempotencyKey);
    }
    if (body != null) {
      headers.put("Content-Type", "application/json");
    }
  }

  /// @param path from `/v1` on, encoded, with its query
  static Call read(String path) {
    return new Call("GET", path, null, null);
  }

  /// A request with a body that changes nothing, so it can be repeated freely.
  ///
  /// @param body taken over
  static Call ask(String path, byte[] body) {
    return new Call("POST", path, body, null);
  }

  /// A write that can be repeated without being applied twice.
  ///
  /// @param body taken over; null when there is none
  /// @param idempotencyKey the caller's, to ask for the outcome of an earlier try; null makes one
  static Call write(
      String method, String path, byte @Nullable [] body, @Nullable String idempotencyKey) {
    return new Call(
        method, path, body, idempotencyKey == null ? UUID.randomUUID().toString() : idempotencyKey);
  }

  /// Applied only while the secret is at this version; null asks for no such thing.
  Call ifMatch(@Nullable Long version) {
    if (version != null) {
      headers.put("If-Match", "\"" + version + "\"");
    }
    return this;
  }

  /// Answered with what was done rather than with nothing (RFC 7240).
  Call preferringRepresentation() {
    headers.put("Prefer", "return=representation");
    return this;
  }

  /// What the vault finds wrong is told as places in this file.
  Call about(FileInQuestion sent) {
    file = sent;
    return this;
  }

  Optional<FileInQuestion> file() {
    return Optional.ofNullable(file);
  }

  String method() {
    return method;
  }

  String path() {
    return path;
  }

  Map<String, String> headers() {
    return headers;
  }

  Optional<byte[]> body() {
    return Optional.ofNullable(body);
  }

  boolean writes() {
    return idempotencyKey != null;
  }

  /// How a person finds out whether this write was applied.
  String unknownAdvice() {
    return "Run the same command with the same input once more, adding\n"
        + "  --idempotency-key "
        + idempotencyKey
        + "\nwithin 24 hours: it answers with what became of this write and never writes twice.";
  }

  @Override
  public void close() {
    if (body != null) {
      Arrays.fill(body, (byte) 0);
    }
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
