package io.quorumvault.audit;

import io.quorumvault.Bytes;
import io.quorumvault.Limits;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One record of an audit log.
///
/// Its line is a JSON object in ASCII with these members, in this order and without a space: `seq
/// ts requestId subject action namespace name version decision reason outcome node prevHash hash`.
/// Equal records have equal lines, and only those are read. Of a subject, everything but printable
/// ASCII is escaped, so that no name can look like another line or another member.
///
/// `hash` is SHA-256 over a word for what this is, and the line up to `,"hash"`.
///
/// @param seq 1 for the first record of a node, then one more for each
/// @param ts in whole milliseconds, never before that of the record before it
/// @param node that made the record
/// @param prevHash of the record before it
public record AuditRecord(
    long seq, Instant ts, AuditEvent event, NodeId node, Bytes prevHash, Bytes hash) {
  /// A record a microsecond, for ever.
  static final long SEQ_MAX = 999_999_999_999_999L;

  static final int HASH_BYTES = 32;

  private static final byte[] DOMAIN =
      "quorum-vault audit record 1\n".getBytes(StandardCharsets.US_ASCII);

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private static final Pattern LINE =
      Pattern.compile(
          "\\{\"seq\":(?<seq>[0-9]{1,15}),\"ts\":\"(?<ts>[0-9TZ:.+-]{20,32})\","
              + "\"requestId\":\"(?<requestId>[A-Za-z0-9._-]{1,128})\","
              + "\"subject\":\"(?<subject>[ !#-\\[\\]-~]*+(?:\\\\(?:[\"\\\\]|u[0-9a-f]{4})[ !#-\\[\\]-~]*+)*+)\","
              + "\"action\":\"(?<action>[a-z0-9-]{1,48})\","
              + "\"namespace\":(?:null|\"(?<namespace>[a-z0-9-]{1,63})\"),"
              + "\"name\":(?:null|\"(?<name>[A-Za-z0-9_.-]{1,128})\"),"
              + "\"version\":(?:null|(?<version>[0-9]{1,18})),"
              + "\"decision\":\"(?<decision>[a-z]{1,16})\","
              + "\"reason\":\"(?<reason>[a-z0-9-]{1,48})\","
              + "\"outcome\":\"(?<outcome>[a-z-]{1,32})\","
              + "\"node\":(?<node>[0-9]{1,3}),"
              + "\"prevHash\":\"(?<prevHash>[0-9a-f]{64})\",\"hash\":\"(?<hash>[0-9a-f]{64})\"\\}");

  public AuditRecord {
    if (seq < 1 || seq > SEQ_MAX) {
      throw new IllegalArgumentException("seq (expected: 1 to " + SEQ_MAX + ")");
    }
    if (!ts.equals(ts.truncatedTo(ChronoUnit.MILLIS))) {
      throw new IllegalArgumentException("ts (expected: whole milliseconds)");
    }
    if (prevHash.length() != HASH_BYTES || hash.length() != HASH_BYTES) {
      throw new IllegalArgumentException("hashes (expected: " + HASH_BYTES + " bytes)");
    }
  }

  /// The record that follows `head`.
  public static AuditRecord after(Anchor head, Instant ts, AuditEvent event) {
    long seq = head.seq() + 1;
    Instant time = ts.truncatedTo(ChronoUnit.MILLIS);
    return new AuditRecord(
        seq,
        time,
        event,
        head.node(),
        head.hash(),
        digest(hashed(seq, time, event, head.node(), head.hash())));
  }

  /// Whether the hash is that of the rest.
  boolean isWhole() {
    return hash.equals(digest(hashed(seq, ts, event, node, prevHash)));
  }

  /// Without an end of line; at most `Limits.AUDIT_LINE_BYTES_MAX` bytes of ASCII.
  public String line() {
    return hashed(seq, ts, event, node, prevHash) + ",\"hash\":\"" + hash + "\"}";
  }

  /// The record with this line. Says nothing about whether its hash is right.
  ///
  /// @throws IllegalArgumentException, which never repeats the line, if there is none
  public static AuditRecord parse(String line) {
    Matcher found = LINE.matcher(line.length() > Limits.AUDIT_LINE_BYTES_MAX ? "" : line);
    if (!found.matches()) {
      throw unreadable(null);
    }
    AuditRecord parsed;
    try {
      parsed = of(found);
    } catch (DateTimeException | IllegalArgumentException malformed) {
      throw unreadable(malformed);
    }
    if (!parsed.line().equals(line)) {
      throw unreadable(null);
    }
    return parsed;
  }

  private static IllegalArgumentException unreadable(@Nullable Exception cause) {
    return new IllegalArgumentException("line (expected: that of an audit record)", cause);
  }

  private static AuditRecord of(Matcher found) {
    String namespace = found.group("namespace");
    String name = found.group("name");
    String version = found.group("version");
    AuditEvent event =
        new AuditEvent(
            found.group("requestId"),
            unescaped(found.group("subject")),
            found.group("action"),
            namespace == null ? null : new Namespace(namespace),
            name == null ? null : new SecretName(name),
            version == null ? null : Long.valueOf(version),
            AuditDecision.valueOf(found.group("decision").toUpperCase(Locale.ROOT)),
            found.group("reason"),
            AuditOutcome.valueOf(
                found.group("outcome").toUpperCase(Locale.ROOT).replace('-', '_')));
    return new AuditRecord(
        Long.parseLong(found.group("seq")),
        Instant.parse(found.group("ts")),
        event,
        new NodeId(Integer.parseInt(found.group("node"))),
        bytes(found.group("prevHash")),
        bytes(found.group("hash")));
  }

  private static Bytes bytes(String hex) {
    return Bytes.copyOf(HexFormat.of().parseHex(hex));
  }

  private static String hashed(
      long seq, Instant ts, AuditEvent event, NodeId node, Bytes prevHash) {
    return "{\"seq\":"
        + seq
        + ",\"ts\":\""
        + TIME.format(ts)
        + "\",\"requestId\":\""
        + event.requestId()
        + "\",\"subject\":\""
        + escaped(event.subject())
        + "\",\"action\":\""
        + event.action()
        + "\",\"namespace\":"
        + quoted(event.namespace())
        + ",\"name\":"
        + quoted(event.name())
        + ",\"version\":"
        + event.version()
        + ",\"decision\":\""
        + event.decision().text()
        + "\",\"reason\":\""
        + event.reason()
        + "\",\"outcome\":\""
        + event.outcome().text()
        + "\",\"node\":"
        + node.index()
        + ",\"prevHash\":\""
        + prevHash
        + '"';
  }

  /// Namespaces and names have no character that would need an escape.
  private static String quoted(@Nullable Object text) {
    return text == null ? "null" : "\"" + text + "\"";
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        escaped.append('\\').append(c);
      } else if (c >= ' ' && c <= '~') {
        escaped.append(c);
      } else {
        escaped.append("\\u").append(HexFormat.of().toHexDigits(c));
      }
    }
    return escaped.toString();
  }

  private static String unescaped(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        plain.append(c);
      } else if (text.charAt(++i) == 'u') {
        plain.append((char) HexFormat.fromHexDigits(text, i + 1, i + 5));
        i += 4;
      } else {
        plain.append(text.charAt(i));
      }
    }
    return plain.toString();
  }

  private static Bytes digest(String hashed) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(DOMAIN);
      return Bytes.copyOf(sha256.digest(hashed.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("a JDK always has SHA-256", missing);
    }
  }
}
