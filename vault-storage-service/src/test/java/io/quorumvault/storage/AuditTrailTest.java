package io.quorumvault.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.Bytes;
import io.quorumvault.FailureCode;
import io.quorumvault.Phase;
import io.quorumvault.VaultFailure;
import io.quorumvault.audit.AuditEvent;
import io.quorumvault.audit.AuditRecord;
import io.quorumvault.kit.PolicyFile;
import io.quorumvault.kit.TokenVerifier;
import io.quorumvault.policy.Capability;
import io.quorumvault.protocol.NodeId;
import io.quorumvault.protocol.Request;
import io.quorumvault.protocol.WriteKind;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.storage.audit.AuditConfig;
import io.quorumvault.storage.audit.AuditLog;
import io.quorumvault.wire.DenialCall;
import io.quorumvault.wire.ReadAnswer;
import io.quorumvault.wire.ReadCall;
import io.quorumvault.wire.VersionView;
import io.quorumvault.wire.WriteAnswer;
import io.quorumvault.wire.WriteCall;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is recorded of requests, on a real disk: looked at as soon as the node may go on.
final class AuditTrailTest {
  private static final Namespace DEMO = new Namespace("demo");
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final long DEADLINE_MILLIS = 120_000;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final KeyPair KEYS = keys();

  @TempDir private Path folder;

  @SuppressWarnings("NullAway.Init") // Before each test.
  private AuditLog log;

  @SuppressWarnings("NullAway.Init")
  private AuditTrail trail;

  @BeforeEach
  void open() throws IOException {
    Path policy =
        Files.writeString(
            folder.resolve("policy.json"),
            """
            {"version": 1, "rules": [{"subjects": ["ann"], "namespace": "demo", "prefix": "",
              "capabilities": ["read", "create"]},
              {"subjects": ["eve"], "namespace": "demo", "prefix": "", "capabilities": ["audit"]}]}
            """);
    Path keySet = Files.writeString(folder.resolve("keys.json"), keySet());
    Access access =
        new Access(
            TokenVerifier.of("issuer", Set.of("vault"), keySet.toString()),
            PolicyFile.open(policy),
            Clock.systemUTC());
    log = AuditLog.open(AuditConfig.of(folder.resolve("audit"), new NodeId(2)), Clock.systemUTC());
    log.settle();
    trail = new AuditTrail(log, access);
  }

  @AfterEach
  void close() {
    log.close();
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException missing) {
      throw new LinkageError("P-256", missing);
    }
  }

  static String keySet() {
    ECPublicKey key = (ECPublicKey) KEYS.getPublic();
    return """
    {"keys": [{"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "k", "x": "%s", "y": "%s"}]}
    """
        .formatted(coordinate(key.getW().getAffineX()), coordinate(key.getW().getAffineY()));
  }

  private static String coordinate(BigInteger number) {
    return BASE64.encodeToString(HexFormat.of().parseHex("%064x".formatted(number)));
  }

  static String token(String subject) {
    long expiry = Instant.now().getEpochSecond() + 3600;
    String text =
        encoded("{\"alg\":\"ES256\",\"kid\":\"k\"}")
            + "."
            + encoded(
                "{\"iss\":\"issuer\",\"aud\":\"vault\",\"sub\":\"%s\",\"exp\":%d}"
                    .formatted(subject, expiry));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(KEYS.getPrivate());
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return text + "." + BASE64.encodeToString(signature.sign());
    } catch (GeneralSecurityException missing) {
      throw new LinkageError("ES256", missing);
    }
  }

  private static String encoded(String json) {
    return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private AuditTrail.Inquiry inquiry(String subject) {
    return trail.enter(Errand.of(token(subject), "r-1"), DEMO, DEADLINE_MILLIS);
  }

  private List<String> lines() {
    try (Stream<Path> segments = Files.list(folder.resolve("audit"))) {
      List<String> lines = new ArrayList<>();
      for (Path segment : segments.sorted().toList()) {
        lines.addAll(Files.readAllLines(segment, StandardCharsets.US_ASCII));
      }
      return lines;
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  /// What is in the log now: subject, request, action, name, version, decision, reason, outcome.
  private List<String> recorded() {
    return lines().stream().map(line -> told(AuditRecord.parse(line).event())).toList();
  }

  static String told(AuditEvent event) {
    return "%s %s: %s %s %s, %s, %s, %s"
        .formatted(
            event.subject(),
            event.requestId(),
            event.action(),
            event.name(),
            event.version(),
            event.decision().text(),
            event.reason(),
            event.outcome().text());
  }

  /// The same, once what was told in passing is there too: after it comes what is waited for.
  private List<String> recordedInPassing() {
    inquiry("ann").answer(Capability.LIST, null);
    List<String> told = recorded();
    return told.subList(0, told.size() - 1);
  }

  private static ReadCall reading(boolean values, String... names) {
    return new ReadCall(
        DEMO,
        Stream.of(names).map(name -> new ReadCall.Item(new SecretName(name), null, null)).toList(),
        values,
        DEADLINE_MILLIS);
  }

  private static ReadAnswer.Revealed revealed(String name, long version) {
    return new ReadAnswer.Revealed(
        new VersionView(new SecretName(name), version, NOW, null),
        SecretValue.owning("hunter2".getBytes(StandardCharsets.UTF_8)),
        ValueEncoding.UTF_8);
  }

  @Test
  void who_is_told_how_the_node_is_must_be_allowed_to_see_the_log_and_is_recorded() {
    Errand auditor = Errand.of(token("eve"), "r-1");
    trail.requireAudit(DEMO, DEADLINE_MILLIS, auditor);
    Errand reader = Errand.of(token("ann"), "r-2");
    VaultFailure refused =
        assertThrows(VaultFailure.class, () -> trail.requireAudit(DEMO, DEADLINE_MILLIS, reader));
    assertEquals(FailureCode.FORBIDDEN, refused.code());
    assertEquals(
        List.of(
            "eve r-1: audit null null, allow, permitted, answered",
            "ann r-2: audit null null, deny, forbidden, refused"),
        recorded());
  }

  @Test
  void each_value_in_an_answer_is_recorded_exactly_once() {
    inquiry("ann")
        .answer(
            reading(true, "A", "B", "A"),
            new ReadAnswer(List.of(revealed("A", 3), revealed("B", 1), revealed("A", 3))));

    assertEquals(
        List.of(
            "ann r-1: read A 3, allow, permitted, revealed",
            "ann r-1: read B 1, allow, permitted, revealed"),
        recorded());
    assertFalse(lines().toString().contains("hunter2"));
  }

  @Test
  void an_answer_without_a_value_is_not_recorded_as_one() {
    inquiry("ann")
        .answer(
            reading(true, "A", "B"),
            new ReadAnswer(
                List.of(
                    new ReadAnswer.Present(new VersionView(new SecretName("A"), 3, NOW, null)),
                    new ReadAnswer.Missing(FailureCode.SECRET_NOT_FOUND))));
    inquiry("ann")
        .answer(
            reading(false, "C"),
            new ReadAnswer(
                List.of(
                    new ReadAnswer.Present(new VersionView(new SecretName("C"), 1, NOW, null)))));
    inquiry("ann")
        .failed(
            reading(true, "D"), VaultFailure.of(FailureCode.INTEGRITY_FAILURE, "Not authentic."));

    assertEquals(
        List.of(
            "ann r-1: read A null, allow, permitted, answered",
            "ann r-1: read B null, allow, secret-not-found, missing",
            "ann r-1: exists C null, allow, permitted, answered",
            "ann r-1: read D null, allow, integrity-failure, failed"),
        recordedInPassing());
  }

  @Test
  void a_denial_is_recorded_before_the_caller_is_told() {
    SecretName name = new SecretName("A");
    VaultFailure forbidden =
        assertThrows(VaultFailure.class, () -> inquiry("ann").require(Capability.DELETE, name));
    assertEquals(FailureCode.FORBIDDEN, forbidden.code());
    assertEquals(List.of("ann r-1: delete A null, deny, forbidden, refused"), recorded());

    VaultFailure hidden =
        assertThrows(VaultFailure.class, () -> inquiry("bob").requireConcern(name));
    assertEquals(FailureCode.NAMESPACE_NOT_FOUND, hidden.code());
    assertEquals(
        "bob r-1: exists A null, deny, namespace-not-found, refused", recorded().getLast());

    inquiry("ann").require(Capability.READ, name);
    inquiry("ann").requireConcern(name);
    assertEquals(2, recorded().size());
  }

  @Test
  void a_denial_to_another_node_is_recorded() {
    Request request = new Request.ReadHeads(List.of(new SecretId(DEMO, new SecretName("A"))), true);
    assertTrue(trail.permits(token("ann"), request, "r-1"));
    assertFalse(trail.permits(token("bob"), request, "r-1"));
    assertFalse(trail.permits("no token", request, "r-1"));

    assertEquals(
        List.of("bob r-1: read A null, deny, denied-to-a-node, refused"), recordedInPassing());
    assertEquals(1, trail.unauthenticated());
  }

  @Test
  void what_an_api_server_denied_is_recorded_before_it_is_told_that_it_is() {
    DenialCall call =
        new DenialCall(
            DEMO,
            List.of(
                new DenialCall.Item("read", new SecretName("A")),
                new DenialCall.Item("list", null)),
            FailureCode.NAMESPACE_NOT_FOUND);
    assertEquals(2, trail.denied(call, Errand.of(token("bob"), "r-2")).recorded());

    assertEquals(
        List.of(
            "bob r-2: read A null, deny, namespace-not-found, refused",
            "bob r-2: list null null, deny, namespace-not-found, refused"),
        recorded());
  }

  @Test
  void a_write_is_recorded_before_it_begins_and_with_what_came_of_it() {
    WriteCall call =
        new WriteCall(
            WriteKind.CREATE,
            DEMO,
            List.of(
                new WriteCall.Item(
                    new SecretName("A"),
                    SecretValue.owning("hunter2".getBytes(StandardCharsets.UTF_8)),
                    ValueEncoding.UTF_8,
                    null,
                    false)),
            Bytes.copyOf(new byte[32]),
            false,
            NOW,
            DEADLINE_MILLIS);
    inquiry("ann").intend(call);
    assertEquals(List.of("ann r-1: create A null, allow, permitted, intended"), recorded());

    inquiry("ann")
        .applied(
            call,
            new WriteAnswer(List.of(new VersionView(new SecretName("A"), 1, NOW, null)), false));
    inquiry("ann")
        .failed(
            call,
            VaultFailure.inPhase(FailureCode.WRITE_NOT_ACCEPTED, Phase.VOTING, "Too few nodes."));
    inquiry("ann")
        .failed(
            call,
            VaultFailure.inPhase(FailureCode.WRITE_OUTCOME_UNKNOWN, Phase.WRITING, "Too late."));
    assertEquals(
        List.of(
            "ann r-1: create A null, allow, permitted, intended",
            "ann r-1: create A 1, allow, permitted, applied",
            "ann r-1: create A null, allow, write-not-accepted, not-applied",
            "ann r-1: create A null, allow, write-outcome-unknown, unknown"),
        recordedInPassing());
  }

  @Test
  void what_cannot_be_recorded_is_refused_whatever_it_is() {
    log.close();
    ReadAnswer answer = new ReadAnswer(List.of(revealed("A", 3)));
    for (Runnable effect :
        List.<Runnable>of(
            () -> inquiry("ann").answer(reading(true, "A"), answer),
            () -> inquiry("ann").answer(Capability.LIST, null),
            () -> inquiry("bob").require(Capability.READ, new SecretName("A")),
            () -> inquiry("bob").requireConcern(new SecretName("A")))) {
      VaultFailure refused = assertThrows(VaultFailure.class, effect::run);
      assertEquals(FailureCode.AUDIT_UNAVAILABLE, refused.code());
    }
  }
}
