package io.quorumvault.audit;

import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a record tells, its place in the log aside. Every member is bounded, and none can hold a
/// value.
///
/// @param requestId `X-Request-Id` of the caller's request; `NO_REQUEST` where there is none
/// @param subject of the caller's token, 1 to 255 characters; for what the log says of itself, the
///   node
/// @param action a capability's word, `exists` for a look whether a name is there, `receipt` for a
///   part of an erasure receipt, or one of the log's own (`LOG_…`)
/// @param namespace null for what the log says of itself
/// @param name null for what concerns the namespace as a whole
/// @param version where it is known: the version whose value was read, that a write made, or that a
///   receipt says is destroyed. Of the log's own actions: a number of a record
/// @param reason a failure's code, or a word of that kind
public record AuditEvent(
    String requestId,
    String subject,
    String action,
    @Nullable Namespace namespace,
    @Nullable SecretName name,
    @Nullable Long version,
    AuditDecision decision,
    String reason,
    AuditOutcome outcome) {
  public static final String NO_REQUEST = "-";

  /// Why what is allowed is allowed.
  public static final String PERMITTED = "permitted";

  /// Somebody asks whether a name is there, not for its value.
  public static final String EXISTS = "exists";

  /// Somebody who may delete the name asks the node to sign that it destroyed it. The version is
  /// the last one that was.
  public static final String RECEIPT = "receipt";

  /// The oldest records, up to the one whose number is the version, were dropped to make room.
  public static final String LOG_DROP = "log-drop";

  /// The log goes on after the record whose number is the version, which is not there.
  public static final String LOG_RESUME = "log-resume";

  /// Another node remembers the record whose number is the version, and it is another one.
  public static final String LOG_CONTRADICTED = "log-contradicted";

  /// For a while nothing could be recorded, and nothing was done. The record whose number is the
  /// version was the last before it.
  public static final String LOG_MENDED = "log-mended";

  static final int SUBJECT_CHARS_MAX = 255;
  private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");
  private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9-]{0,47}");

  public AuditEvent {
    if (!REQUEST_ID.matcher(requestId).matches()) {
      throw new IllegalArgumentException("requestId (expected: " + REQUEST_ID + ")");
    }
    if (subject.isEmpty() || subject.length() > SUBJECT_CHARS_MAX) {
      throw new IllegalArgumentException(
          "subject (expected: 1 to " + SUBJECT_CHARS_MAX + " characters)");
    }
    if (!WORD.matcher(action).matches() || !WORD.matcher(reason).matches()) {
      throw new IllegalArgumentException("action, reason (expected: " + WORD + ")");
    }
    if (version != null && version < 0) {
      throw new IllegalArgumentException("version (expected: 0 or more)");
    }
  }

  /// The request's own id if it is well-formed, so that no caller can write a line of the log.
  public static String requestId(@Nullable String sent) {
    return sent != null && REQUEST_ID.matcher(sent).matches() ? sent : NO_REQUEST;
  }

  /// The same request with another outcome.
  public AuditEvent with(AuditOutcome other, String otherReason, @Nullable Long otherVersion) {
    return new AuditEvent(
        requestId, subject, action, namespace, name, otherVersion, decision, otherReason, other);
  }
}
