package io.quorumvault.cli.client;

import io.quorumvault.client.api.AuditApiRequests;
import io.quorumvault.client.api.EnvApiRequests;
import io.quorumvault.client.api.SecretsApiRequests;
import io.quorumvault.secret.SecretName;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One call of an operation of the contract, which may be sent more than once. Owns its body, which
/// holds a value, and wipes it when closed. Not safe for use by several threads at once.
///
/// What a request looks like, the generated client knows; see
/// `docs/decisions/0014-what-qv-takes-of-the-generated-client.md` for what it does not do here.
final class Call implements AutoCloseable {
  private static final String RECEIPT = "return=representation";

  private final String operation;
  private final Form form;
  private final byte @Nullable [] body;
  private final @Nullable String idempotencyKey;
  private @Nullable FileInQuestion file;

  /// The request of an operation.
  private interface Form {
    /// @param api the vault's address, without path
    /// @param key null when nothing is written
    HttpRequest.Builder of(String api, BodyPublisher body, @Nullable String key);
  }

  private Call(
      String operation, byte @Nullable [] body, @Nullable String idempotencyKey, Form form) {
    this.operation = operation;
    this.form = form;
    this.body = body;
    this.idempotencyKey = idempotencyKey;
  }

  private static Call read(String operation, Form form) {
    return new Call(operation, null, null, form);
  }

  /// @param key the caller's, to ask for the outcome of an earlier try; null makes one
  private static Call write(
      String operation, byte @Nullable [] body, @Nullable String key, Form form) {
    return new Call(operation, body, key == null ? UUID.randomUUID().toString() : key, form);
  }

  /// @param at an instant at which the version was valid; null for the current one
  static Call getSecret(Target target, SecretName name, @Nullable OffsetDateTime at) {
    return read(
        "getSecret",
        (api, _, _) ->
            SecretsApiRequests.getSecret(api, target.namespace().text(), name.text(), at, null));
  }

  static Call getSecretVersion(Target target, SecretName name, long version) {
    return read(
        "getSecretVersion",
        (api, _, _) ->
            SecretsApiRequests.getSecretVersion(
                api, target.namespace().text(), name.text(), version, null));
  }

  /// @param cursor of the page before; null for the first
  static Call listSecrets(
      Target target, @Nullable String prefix, int limit, @Nullable String cursor) {
    return read(
        "listSecrets",
        (api, _, _) ->
            SecretsApiRequests.listSecrets(
                api, target.namespace().text(), prefix, limit, cursor, null));
  }

  /// @param cursor of the page before; null for the first
  static Call listSecretVersions(
      Target target, SecretName name, int limit, @Nullable String cursor) {
    return read(
        "listSecretVersions",
        (api, _, _) ->
            SecretsApiRequests.listSecretVersions(
                api, target.namespace().text(), name.text(), limit, cursor, null));
  }

  /// @param cursor of the page before; null for the first
  static Call listAuditEntries(Target target, int limit, @Nullable String cursor) {
    return read(
        "listAuditEntries",
        (api, _, _) ->
            AuditApiRequests.listAuditEntries(api, target.namespace().text(), limit, cursor, null));
  }

  /// @param body taken over
  /// @param idempotencyKey the caller's, to ask for the outcome of an earlier try; null makes one
  static Call createSecret(Target target, byte[] body, @Nullable String idempotencyKey) {
    return write(
        "createSecret",
        body,
        idempotencyKey,
        (api, content, key) ->
            SecretsApiRequests.createSecret(api, target.namespace().text(), content, key, null));
  }

  /// @param body taken over
  /// @param version applied only while the secret is at it; null asks for no such thing
  /// @param idempotencyKey the caller's, to ask for the outcome of an earlier try; null makes one
  static Call updateSecret(
      Target target,
      SecretName name,
      byte[] body,
      @Nullable Long version,
      @Nullable String idempotencyKey) {
    return write(
        "updateSecret",
        body,
        idempotencyKey,
        (api, content, key) ->
            SecretsApiRequests.updateSecret(
                api, target.namespace().text(), name.text(), content, ifMatch(version), key, null));
  }

  /// @param version applied only while the secret is at it; null asks for no such thing
  /// @param receipt answered with what was done rather than with nothing (RFC 7240)
  /// @param idempotencyKey the caller's, to ask for the outcome of an earlier try; null makes one
  static Call deleteSecret(
      Target target,
      SecretName name,
      @Nullable Long version,
      boolean receipt,
      @Nullable String idempotencyKey) {
    return write(
        "deleteSecret",
        null,
        idempotencyKey,
        (api, _, key) ->
            SecretsApiRequests.deleteSecret(
                api,
                target.namespace().text(),
                name.text(),
                ifMatch(version),
                key,
                receipt ? RECEIPT : null,
                null));
  }

  /// A request about a file that changes nothing, opening it or a dry run, and can be repeated
  /// freely.
  ///
  /// @param body taken over
  static Call readEnv(Target target, byte[] body) {
    return new Call(
        "processEnv",
        body,
        null,
        (api, content, key) ->
            EnvApiRequests.processEnv(api, target.namespace().text(), content, key, null));
  }

  /// A request to seal what is in a file.
  ///
  /// @param body taken over
  /// @param idempotencyKey the caller's, to ask for the outcome of an earlier try; null makes one
  static Call writeEnv(Target target, byte[] body, @Nullable String idempotencyKey) {
    return write(
        "processEnv",
        body,
        idempotencyKey,
        (api, content, key) ->
            EnvApiRequests.processEnv(api, target.namespace().text(), content, key, null));
  }

  private static @Nullable String ifMatch(@Nullable Long version) {
    return version == null ? null : "\"" + version + "\"";
  }

  /// What the vault finds wrong is told as places in this file.
  Call about(FileInQuestion sent) {
    file = sent;
    return this;
  }

  Optional<FileInQuestion> file() {
    return Optional.ofNullable(file);
  }

  /// All of it but the token. The body stays the call's.
  ///
  /// @param api the vault's address, without path
  HttpRequest.Builder request(String api) {
    return form.of(
        api,
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body),
        idempotencyKey);
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
    return operation;
  }
}
