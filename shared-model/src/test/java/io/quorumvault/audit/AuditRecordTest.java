package io.quorumvault.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.Bytes;
import io.quorumvault.Limits;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.testing.Gen;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class AuditRecordTest {
  private static final String ZEROS = "0".repeat(64);

  /// Programs of others read this: it never changes.
  @Test
  void a_line_has_the_stable_fields_in_their_order_and_a_hash_that_anybody_can_compute()
      throws Exception {
    String hashed =
        "{\"seq\":1,\"ts\":\"2026-11-01T12:00:00.000Z\",\"requestId\":\"r-1\",\"subject\":\"ann\","
            + "\"action\":\"read\",\"namespace\":\"demo\",\"name\":\"DB\",\"version\":7,"
            + "\"decision\":\"allow\",\"reason\":\"permitted\",\"outcome\":\"revealed\","
            + "\"node\":2,\"prevHash\":\""
            + ZEROS
            + "\"";
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    sha256.update("quorum-vault audit record 1\n".getBytes(StandardCharsets.US_ASCII));
    String hash =
        HexFormat.of().formatHex(sha256.digest(hashed.getBytes(StandardCharsets.US_ASCII)));
    AuditRecord record =
        AuditRecord.after(Anchor.beginning(Chains.NODE), Chains.THEN, Chains.read("ann", "DB"));
    assertEquals(hashed + ",\"hash\":\"" + hash + "\"}", record.line());
    assertEquals("3f080b", hash.substring(0, 6));
  }

  @Test
  void a_record_comes_back_from_its_line_whatever_is_in_it() {
    Gen.forAll(
        300,
        gen -> {
          AuditEvent event =
              new AuditEvent(
                  gen.text("aZ09._-", 1, 128),
                  gen.text("a\"\\ ~{},:\u00e9\u2028\u0000\n\ud83d\ude00", 1, 255),
                  gen.pick("read", "create", AuditEvent.LOG_DROP),
                  gen.oneIn(4) ? null : new Namespace(gen.text("az09", 1, 63)),
                  gen.oneIn(4) ? null : new SecretName(gen.text("aZ_9", 1, 128)),
                  gen.oneIn(3) ? null : (Long) (long) gen.below(1000),
                  gen.pick(AuditDecision.values()),
                  "forbidden",
                  gen.pick(AuditOutcome.values()));
          AuditRecord record =
              AuditRecord.after(
                  new Anchor(Chains.NODE, gen.below(1000), Bytes.copyOf(gen.bytes(32))),
                  Instant.ofEpochMilli(gen.nextLong() >>> 22),
                  event);
          String line = record.line();
          assertTrue(line.chars().allMatch(c -> c >= ' ' && c <= '~'), line);
          assertEquals(record, AuditRecord.parse(line));
          assertTrue(AuditRecord.parse(line).isWhole());
        });
  }

  @Test
  void the_longest_line_stays_below_its_bound() {
    AuditEvent longest =
        new AuditEvent(
            "r".repeat(128),
            "\u2028".repeat(255),
            "a".repeat(48),
            new Namespace("n".repeat(63)),
            new SecretName("N".repeat(128)),
            999_999_999_999_999_999L,
            AuditDecision.ALLOW,
            "r".repeat(48),
            AuditOutcome.NOT_APPLIED);
    String line =
        AuditRecord.after(
                new Anchor(
                    new NodeId(255), AuditRecord.SEQ_MAX - 1, Anchor.beginning(Chains.NODE).hash()),
                Chains.THEN,
                longest)
            .line();
    assertTrue(line.length() < Limits.AUDIT_LINE_BYTES_MAX, () -> line.length() + " bytes");
    assertEquals(longest, AuditRecord.parse(line).event());
  }

  @Test
  void only_canonical_lines_are_read() {
    String line = Chains.records(1).getFirst().line();
    for (String other :
        List.of(
            "",
            line + " ",
            " " + line,
            line.replace("\"seq\":1,", "\"seq\":01,"),
            line.replace("\"seq\":1,", "\"seq\":1, "),
            line.replace(".001Z", ".0010Z"),
            line.replace("ann1", "\\u0061nn1"),
            line.replace("read", "READ"),
            line.replace("allow", "maybe"),
            line.replace("revealed", "sold"),
            line.replace("\"node\":2", "\"node\":0"),
            line.replace("\"node\":2", "\"node\":2,\"more\":1"),
            "x".repeat(Limits.AUDIT_LINE_BYTES_MAX + 1))) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> AuditRecord.parse(other), other);
      assertFalse(String.valueOf(refused.getMessage()).contains("ann1"));
    }
  }

  /// A forged line in a subject, a request id or a name stays what it is: text in a member.
  @Test
  void nobody_writes_a_line_of_their_own_into_the_log() {
    String forged = Chains.records(1).getFirst().line();
    String subject = ("\n" + forged + "\n").substring(0, 255);
    String line =
        AuditRecord.after(Anchor.beginning(Chains.NODE), Chains.THEN, Chains.read(subject, "NAME"))
            .line();
    assertEquals(1, line.lines().count());
    assertEquals(1, line.split("\"seq\":", -1).length - 1);
    for (String sent : Arrays.asList("a\nb", "\"", "", "r".repeat(129), null)) {
      assertEquals(AuditEvent.NO_REQUEST, AuditEvent.requestId(sent));
    }
    assertEquals("r-1", AuditEvent.requestId("r-1"));
  }

  @Test
  void the_words_of_a_record_are_those_the_documents_name() {
    assertEquals(
        List.of(
            "refused",
            "intended",
            "applied",
            "not-applied",
            "unknown",
            "revealed",
            "answered",
            "missing",
            "failed",
            "withdrawn",
            "noted"),
        Arrays.stream(AuditOutcome.values()).map(AuditOutcome::text).collect(Collectors.toList()));
  }
}
