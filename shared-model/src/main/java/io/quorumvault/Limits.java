package io.quorumvault;

import java.time.Duration;

/// Every bound of the vault, with the reason for its size. Bytes are decoded bytes unless said
/// otherwise.
public final class Limits {
  /// Largest secret. Certificate bundles and key stores fit; a request still fits memory many times
  /// over.
  public static final int VALUE_BYTES_MAX = 1 << 20;

  /// Longest share: as long as the payload it is a point of, which is a value of the largest size,
  /// 36 bytes in front of it, and padding to the next multiple of 64.
  public static final int SHARE_BYTES_MAX = VALUE_BYTES_MAX + 64;

  /// An empty secret is almost always a mistake in a script, so it is refused.
  public static final int VALUE_BYTES_MIN = 1;

  /// Longest secret name: a Kubernetes Secret key or an environment variable fits.
  public static final int NAME_CHARS_MAX = 128;

  /// Longest public request body: 1 MiB as base64 in JSON, or 1 MiB of text with every character
  /// escaped six-fold (`\u0000`), and room for the rest of the document.
  public static final int REQUEST_BYTES_MAX = 6 * VALUE_BYTES_MAX + (64 << 10);

  /// Longest body between nodes. One prepare of a 1 MiB value is a little over 1 MiB; a batch
  /// carries several. The values of one .env file together, at most `ENV_OUTPUT_BYTES_MAX`, fit
  /// with what is said of each.
  public static final int INTERNAL_BYTES_MAX = 9 << 20;

  /// Names in one transaction: a .env file with more references is refused.
  public static final int NAMES_PER_TRANSACTION_MAX = 1000;

  /// Largest .env file that is taken, in bytes of UTF-8. Environments are handed to a process
  /// whole, and systems stop at about two megabytes for all variables together.
  public static final int ENV_BYTES_MAX = 1 << 20;

  /// References in one .env file: each can be a name of the one transaction that handles the file.
  public static final int ENV_REFERENCES_MAX = NAMES_PER_TRANSACTION_MAX;

  /// Assignments and lines of no known form in one .env file. A real file has hundreds; a megabyte
  /// of `A=` and line ends would cost hundreds of bytes for each.
  public static final int ENV_LINES_MAX = 10_000;

  /// Largest .env file that is given back. A file of the largest size with secrets in it fits; one
  /// large secret used in a thousand places does not, and is refused before it is built.
  public static final int ENV_OUTPUT_BYTES_MAX = 8 << 20;

  /// Problems of one .env file that are listed; the rest is counted. Nobody reads more, and the
  /// answer must not be many times the size of the file.
  public static final int ENV_PROBLEMS_MAX = 1000;

  /// Filters of one reference: there are three, and each is useful once.
  public static final int ENV_FILTERS_MAX = 3;

  /// Shortest generated secret, in characters of 62: 95 bits, beyond any search.
  public static final int GENERATED_CHARS_MIN = 16;

  /// Longest generated secret, in characters. Longer than any field that takes a password.
  public static final int GENERATED_CHARS_MAX = 1024;

  /// Generated secrets when no length is given, in characters of 62: 190 bits.
  public static final int GENERATED_CHARS_DEFAULT = 32;

  /// Versions kept of one secret; the oldest are retired first.
  public static final int VERSIONS_PER_SECRET_MAX = 1000;

  /// Most nodes of one cell: share indexes are non-zero bytes, and a write goes to all of them.
  public static final int NODES_MAX = 255;

  /// Entries of one page when the caller does not say.
  public static final int PAGE_DEFAULT = 100;

  /// Largest page: the answer stays below a quarter of a megabyte.
  public static final int PAGE_MAX = 1000;

  /// Longest Idempotency-Key, in visible ASCII characters.
  public static final int IDEMPOTENCY_KEY_CHARS_MAX = 255;

  /// How long an outcome is remembered for a caller who sent an Idempotency-Key.
  public static final Duration IDEMPOTENCY_RETENTION = Duration.ofHours(24);

  /// How long an outcome is remembered for our own retries through another node: many request
  /// deadlines.
  public static final Duration RETRY_RETENTION = Duration.ofMinutes(2);

  /// Outcomes remembered on one name. Beyond it a keyed write is refused, not forgotten early.
  public static final int OPERATIONS_PER_NAME_MAX = 512;

  /// A storage operation that takes longer is counted and told in the log: a healthy one takes a
  /// few milliseconds and two or three rounds between nodes near each other, so something waits. A
  /// twentieth of a request's deadline.
  public static final Duration STORAGE_OPERATION_BUDGET = Duration.ofMillis(250);

  /// Clocks of two nodes further apart than this are told in the log. Nothing is decided by them,
  /// but times of versions, of tokens and of policy rules are read from them.
  public static final Duration CLOCK_SKEW_ALARM = Duration.ofSeconds(2);

  /// A token longer than this is not one of ours; JWTs with a hundred groups stay below it.
  public static final int TOKEN_CHARS_MAX = 8 << 10;

  /// Longest line of the audit log. A subject of 255 characters that all need an escape, with
  /// everything else at its longest, takes 2.4 KiB.
  public static final int AUDIT_LINE_BYTES_MAX = 4 << 10;

  /// Size at which a segment of the audit log is full: some 9,000 records. One is read at once to
  /// answer a query.
  public static final int AUDIT_SEGMENT_BYTES = 4 << 20;

  /// Segments that are kept; the oldest goes first. Half a gigabyte: a million requests a node.
  public static final int AUDIT_SEGMENTS_MAX = 128;

  /// How long a request waits, in all, for its record to be on disk. A disk under load may need a
  /// second for one sync; one that needs more is as good as none.
  public static final Duration AUDIT_WAIT = Duration.ofSeconds(2);

  private Limits() {}
}
