package io.quorumvault.kit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.security.jwt.jwk.JwkKeys;
import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.policy.Caller;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenVerifierTest {
  private static final TestIssuer ISSUER = TestIssuer.ec("key-1");
  private static final TestIssuer OTHER = TestIssuer.ec("key-2");
  private static final int REMEMBERED_MAX = 20;
  private static final Caller ANN = new Caller("ann", Set.of("ops"));

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-01T12:00:00Z"));
  private final CountedKeys keys = new CountedKeys();
  private TokenVerifier verifier = verifier();

  @BeforeEach
  void knowOneKey() {
    keys.set(ISSUER);
    verifier = verifier();
  }

  @Test
  void a_token_in_order_stands_for_its_subject_and_groups() {
    assertEquals(ANN, verifier.verify(ISSUER.token(time.instant())));
    assertEquals(
        new Caller("ann", Set.of()),
        verifier.verify(ISSUER.token(time.instant(), claims -> claims.remove("groups"))));
  }

  @ParameterizedTest
  @CsvSource({"ES256, secp256r1", "ES384, secp384r1", "ES512, secp521r1"})
  void each_of_our_curves_verifies(String algorithm, String curve) {
    TestIssuer issuer = TestIssuer.ec("ec", algorithm, curve);
    keys.set(issuer);
    assertEquals(ANN, verifier.verify(issuer.token(time.instant())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "RS512"})
  void rsa_verifies_with_the_algorithm_its_key_is_for(String algorithm) {
    TestIssuer issuer = TestIssuer.rsa("rsa", algorithm, 2048);
    keys.set(issuer);
    assertEquals(ANN, verifier.verify(issuer.token(time.instant())));
    String other = algorithm.equals("RS256") ? "RS384" : "RS256";
    TestIssuer otherAlgorithm = new TestIssuer("rsa", other, issuer.keys());
    assertRefused("signature is not valid", otherAlgorithm.token(time.instant()));
  }

  @Test
  void one_of_several_audiences_is_enough() {
    String token =
        ISSUER.token(
            time.instant(),
            claims ->
                claims.add("aud", Json.createArrayBuilder().add("other").add(TestIssuer.AUDIENCE)));
    assertEquals(ANN, verifier.verify(token));
  }

  /// As the API server of Kubernetes signs it for a pod (TokenRequest), in all its members.
  @Test
  void the_token_of_a_kubernetes_service_account_is_one_like_any_other() {
    TestIssuer cluster = TestIssuer.rsa("9wZ0", "RS256", 2048);
    keys.set(cluster);
    String issuer = "https://kubernetes.default.svc.cluster.local";
    TokenVerifier inKubernetes =
        new TokenVerifier(issuer, Set.of(TestIssuer.AUDIENCE), keys, time, REMEMBERED_MAX);
    long now = time.instant().getEpochSecond();
    JsonObject header = Json.createObjectBuilder().add("alg", "RS256").add("kid", "9wZ0").build();
    JsonObjectBuilder claims =
        Json.createObjectBuilder()
            .add("aud", Json.createArrayBuilder().add(TestIssuer.AUDIENCE))
            .add("exp", now + 3607)
            .add("iat", now)
            .add("iss", issuer)
            .add("jti", "0b5a4d7e-9f0c-4c8e-8a53-0d6f5b0a5b0e")
            .add(
                "kubernetes.io",
                Json.createObjectBuilder()
                    .add("namespace", "payments")
                    .add("node", named("worker-1"))
                    .add("pod", named("billing-7c9d"))
                    .add("serviceaccount", named("billing"))
                    .add("warnafter", now + 3000))
            .add("nbf", now)
            .add("sub", "system:serviceaccount:payments:billing");
    JsonObject bound = claims.build();

    assertEquals(
        new Caller("system:serviceaccount:payments:billing", Set.of()),
        inKubernetes.verify(cluster.token(header, bound)));
    JsonObject forTheApiServer =
        Json.createObjectBuilder(bound).add("aud", Json.createArrayBuilder().add(issuer)).build();
    VaultFailure refusal =
        assertUnauthenticated(() -> inKubernetes.verify(cluster.token(header, forTheApiServer)));
    assertTrue(refusal.detail().contains("another audience"));
    // Those that lie in Secrets never expire, and are not taken.
    JsonObject legacy = Json.createObjectBuilder(bound).remove("exp").build();
    refusal = assertUnauthenticated(() -> inKubernetes.verify(cluster.token(header, legacy)));
    assertTrue(refusal.detail().contains("no expiry"));
  }

  private static JsonObjectBuilder named(String name) {
    return Json.createObjectBuilder()
        .add("name", name)
        .add("uid", "d3b07384-d113-4ec5-a5a4-2f8d1f3b6c7e");
  }

  @Test
  void a_key_for_development_is_refused_in_production_even_if_its_key_set_holds_it() {
    TestIssuer dev = TestIssuer.ec(DevIssuer.keyId("thumbprint"));
    keys.set(ISSUER, dev);
    assertRefused("key for development", dev.token(time.instant()));
    assertEquals(ANN, verifier.verify(ISSUER.token(time.instant())));
  }

  @Test
  void a_key_for_development_is_good_where_its_issuer_is_believed() {
    TestIssuer dev = TestIssuer.ec(DevIssuer.keyId("thumbprint"));
    keys.set(dev);
    TokenVerifier inDevelopment =
        new TokenVerifier(DevIssuer.NAME, Set.of(TestIssuer.AUDIENCE), keys, time, REMEMBERED_MAX);
    String token = dev.token(time.instant(), claims -> claims.add("iss", DevIssuer.NAME));
    assertEquals(ANN, inDevelopment.verify(token));
    assertRefused("key for development", token);
  }

  @Test
  void a_service_says_when_it_is_set_up_for_development(@TempDir Path folder) throws IOException {
    String keySet = Files.writeString(folder.resolve("keys.json"), TestIssuer.keySet()).toString();
    try (CapturedLog log = new CapturedLog(TokenVerifier.class)) {
      TokenVerifier.of(TestIssuer.ISSUER, Set.of("a"), keySet);
      assertEquals(List.of(), log.lines());
      TokenVerifier.of(DevIssuer.NAME, Set.of("a"), keySet);
      assertEquals(1, log.lines().size());
    }
  }

  @Test
  void the_algorithm_none_is_refused_however_it_is_spelled() {
    for (String none : List.of("none", "None", "NONE", "nOnE", "")) {
      JsonObject header = header(none, "key-1");
      String unsigned =
          TestIssuer.encoded(header.toString())
              + "."
              + TestIssuer.encoded(TestIssuer.claims(time.instant()).build().toString())
              + ".";
      assertRefused("algorithm", unsigned);
      assertRefused("algorithm", ISSUER.token(header, TestIssuer.claims(time.instant()).build()));
    }
  }

  @Test
  void a_token_that_leaves_the_algorithm_to_the_key_is_refused() {
    JsonObject header = Json.createObjectBuilder().add("kid", "key-1").build();
    assertRefused("algorithm", ISSUER.token(header, TestIssuer.claims(time.instant()).build()));
    JsonObject empty = JsonValue.EMPTY_JSON_OBJECT;
    assertRefused("algorithm", ISSUER.token(empty, TestIssuer.claims(time.instant()).build()));
  }

  @Test
  void a_public_key_is_never_the_secret_of_a_symmetric_algorithm() throws Exception {
    TestIssuer rsa = TestIssuer.rsa("rsa", "RS256", 2048);
    keys.set(rsa);
    for (byte[] secret :
        List.of(rsa.keys().getPublic().getEncoded(), rsa.jwk().getString("n").getBytes(UTF_8))) {
      assertRefused("algorithm", hmacSigned(secret, "rsa"));
    }
  }

  @Test
  void a_symmetric_key_in_the_key_set_is_not_used() throws Exception {
    byte[] secret = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);
    keys.set(
        """
        {"keys": [{"kty": "oct", "kid": "oct", "alg": "HS256", "k": "%s"}]}\
        """
            .formatted(Base64.getUrlEncoder().encodeToString(secret)));
    assertRefused("algorithm", hmacSigned(secret, "oct"));
    JsonObject header = header("ES256", "oct");
    assertRefused("not known", ISSUER.token(header, TestIssuer.claims(time.instant()).build()));
  }

  @Test
  void a_signature_of_another_key_is_refused() {
    TestIssuer impostor = new TestIssuer("key-1", "ES256", OTHER.keys());
    assertRefused("signature", impostor.token(time.instant()));
  }

  @Test
  void no_change_of_any_character_is_accepted() {
    String token = ISSUER.token(time.instant());
    int last = token.length() - 1; // of its six bits four are padding
    for (int i = 0; i < last; i++) {
      char changed = token.charAt(i) == 'A' ? 'B' : 'A';
      String other = token.substring(0, i) + changed + token.substring(i + 1);
      assertRefused("", other);
    }
  }

  @Test
  void a_token_without_a_known_key_is_refused_after_asking_once_more() {
    assertRefused("not known", OTHER.token(time.instant()));
    assertEquals(1, keys.asked.get());
    JsonObject header = Json.createObjectBuilder().add("alg", "ES256").build();
    assertRefused("names no key", ISSUER.token(header, TestIssuer.claims(time.instant()).build()));
    keys.next = SigningKeys.parse(TestIssuer.keySet(ISSUER, OTHER).getBytes(UTF_8));
    assertEquals(ANN, verifier.verify(OTHER.token(time.instant())));
  }

  @Test
  void a_critical_header_is_refused() {
    JsonObject header =
        Json.createObjectBuilder(header("ES256", "key-1"))
            .add("crit", Json.createArrayBuilder().add("exp"))
            .build();
    assertRefused("critical", ISSUER.token(header, TestIssuer.claims(time.instant()).build()));
  }

  @Test
  void claims_that_are_not_ours_are_refused() {
    assertRefused("another issuer", changed(claims -> claims.add("iss", "https://evil.example")));
    assertRefused("another issuer", changed(claims -> claims.remove("iss")));
    assertRefused("another audience", changed(claims -> claims.add("aud", "other")));
    assertRefused("another audience", changed(claims -> claims.remove("aud")));
    assertRefused("no expiry", changed(claims -> claims.remove("exp")));
    assertRefused("no subject", changed(claims -> claims.remove("sub")));
    assertRefused("form of names", changed(claims -> claims.add("sub", "")));
    assertRefused("form of names", changed(claims -> claims.add("sub", "ann\nALLOW")));
    assertRefused(
        "form of names",
        changed(claims -> claims.add("groups", Json.createArrayBuilder().add("a\0"))));
  }

  @Test
  void claims_of_the_wrong_type_are_refused() {
    assertRefused("", changed(claims -> claims.add("exp", "tomorrow")));
    assertRefused("", changed(claims -> claims.add("exp", Long.MAX_VALUE)));
    assertRefused("", changed(claims -> claims.add("nbf", JsonValue.TRUE)));
    assertRefused("", changed(claims -> claims.add("iss", 7)));
    assertRefused("", changed(claims -> claims.add("sub", 7)));
    assertRefused("", changed(claims -> claims.add("groups", Json.createArrayBuilder().add(7))));
    assertRefused("", changed(claims -> claims.add("aud", Json.createArrayBuilder().add(7))));
    assertRefused("", changed(claims -> claims.add("crit", 7).add("groups", 7).addNull("sub")));
  }

  @Test
  void time_counts_to_within_the_skew_of_clocks() {
    long now = time.instant().getEpochSecond();
    long skew = TokenVerifier.CLOCK_SKEW.toSeconds();
    assertEquals(ANN, verifier.verify(changed(claims -> claims.add("exp", now - skew + 1))));
    assertRefused("expired", changed(claims -> claims.add("exp", now - skew)));
    assertEquals(ANN, verifier.verify(changed(claims -> claims.add("nbf", now + skew))));
    assertRefused("not valid yet", changed(claims -> claims.add("nbf", now + skew + 1)));
    assertEquals(ANN, verifier.verify(changed(claims -> claims.add("iat", now + skew))));
    assertRefused("not valid yet", changed(claims -> claims.add("iat", now + skew + 1)));
  }

  @Test
  void what_is_no_signed_token_is_refused() {
    for (String token :
        List.of(
            "",
            "hunter2",
            "a.b",
            "a.b.c",
            "..",
            "a.b.c.d.e",
            "{}.{}.",
            TestIssuer.encoded("{}") + ".." + TestIssuer.encoded("x"),
            TestIssuer.encoded("[]") + "." + TestIssuer.encoded("[]") + ".AAAA",
            TestIssuer.encoded("{\"alg\":7}") + "." + TestIssuer.encoded("{}") + ".AAAA",
            TestIssuer.encoded("[".repeat(2000)) + "." + TestIssuer.encoded("{}") + ".AAAA",
            "x".repeat(Limits.TOKEN_CHARS_MAX + 1))) {
      assertRefused("", token);
    }
  }

  @Test
  void a_token_longer_than_any_of_ours_is_not_even_read() {
    String longest =
        ISSUER.token(time.instant(), claims -> claims.add("x", "x".repeat(Limits.TOKEN_CHARS_MAX)));
    assertRefused("longer", longest);
  }

  @Test
  void a_verified_token_is_remembered_for_a_minute_at_most() {
    String token = ISSUER.token(time.instant());
    verifier.verify(token);
    assertEquals(1, verifier.rememberedCount());
    assertTrue(verifier.remembers(token));
    time.pass(TokenVerifier.REMEMBERED.minusMillis(1));
    assertTrue(verifier.remembers(token));
    time.pass(Duration.ofMillis(1));
    assertFalse(verifier.remembers(token));
    assertEquals(ANN, verifier.verify(token));
    assertTrue(verifier.remembers(token));
  }

  @Test
  void a_remembered_token_expires_all_the_same() {
    long expiry = time.instant().getEpochSecond() + 5;
    String token = changed(claims -> claims.add("exp", expiry));
    assertEquals(ANN, verifier.verify(token));
    time.pass(Duration.ofSeconds(5).plus(TokenVerifier.CLOCK_SKEW).minusMillis(1));
    assertEquals(ANN, verifier.verify(token));
    time.pass(Duration.ofMillis(1));
    assertRefused("expired", token);
  }

  @Test
  void a_changed_key_set_ends_what_was_remembered() {
    String token = ISSUER.token(time.instant());
    assertEquals(ANN, verifier.verify(token));
    keys.set(OTHER);
    assertRefused("not known", token);
  }

  @Test
  void what_is_refused_is_not_remembered_and_what_is_remembered_is_bounded() {
    assertRefused("expired", changed(claims -> claims.add("exp", 1)));
    assertEquals(0, verifier.rememberedCount());
    for (int i = 0; i < REMEMBERED_MAX + 10; i++) {
      int number = i;
      verifier.verify(changed(claims -> claims.add("jti", "" + number)));
    }
    assertEquals(REMEMBERED_MAX, verifier.rememberedCount());
  }

  @Test
  void the_header_carries_one_bearer_token() {
    assertEquals("a.b-c_d.e==", TokenVerifier.bearerToken("Bearer a.b-c_d.e=="));
    assertEquals("abc", TokenVerifier.bearerToken("bearer  abc"));
    for (String header :
        List.of(
            "",
            "Bearer",
            "Bearer ",
            "abc",
            "Basic abc",
            "Bearer a b",
            "Bearer a,b",
            "Bearer a\nb",
            "Bearer ü",
            "Bearer " + "x".repeat(Limits.TOKEN_CHARS_MAX + 1))) {
      assertUnauthenticated(() -> TokenVerifier.bearerToken(header));
    }
    assertUnauthenticated(() -> TokenVerifier.bearerToken(null));
  }

  @Test
  void a_key_file_is_read_again_when_it_changes(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("keys.json");
    assertThrows(IllegalStateException.class, () -> TokenVerifier.of("i", Set.of("a"), path + ""));
    Files.writeString(path, TestIssuer.keySet(ISSUER));
    for (String location : List.of(path.toString(), path.toUri().toString())) {
      TokenVerifier.of("i", Set.of("a"), location);
    }
    TokenVerifier fromFile =
        new TokenVerifier(
            TestIssuer.ISSUER,
            Set.of(TestIssuer.AUDIENCE),
            TokenVerifier.keysAt(path.toString(), time, time::nanoTime),
            time,
            REMEMBERED_MAX);
    assertEquals(ANN, fromFile.verify(ISSUER.token(time.instant())));
    Files.writeString(path, TestIssuer.keySet(OTHER));
    time.pass(Duration.ofSeconds(1));
    assertEquals(ANN, fromFile.verify(OTHER.token(time.instant())));
    assertThrows(VaultFailure.class, () -> fromFile.verify(ISSUER.token(time.instant())));
    Files.writeString(path, "{\"keys\": hunter2");
    time.pass(Duration.ofSeconds(1));
    try (CapturedLog log = new CapturedLog(WatchedFiles.class)) {
      assertEquals(ANN, fromFile.verify(OTHER.token(time.instant())));
      assertEquals(1, log.lines().size());
      assertFalse(log.lines().getFirst().contains("hunter2"));
    }
  }

  @Test
  void keys_from_afar_come_over_tls_only() {
    for (String location :
        List.of("http://issuer.example/keys", "http://10.0.0.1/keys", "http://localhost.evil/k")) {
      assertThrows(
          IllegalArgumentException.class, () -> TokenVerifier.of("i", Set.of("a"), location));
    }
  }

  @Test
  void issuer_and_audience_are_never_left_open() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new TokenVerifier("", Set.of("a"), keys, time, REMEMBERED_MAX));
    assertThrows(
        IllegalArgumentException.class,
        () -> new TokenVerifier("i", Set.of(), keys, time, REMEMBERED_MAX));
    assertThrows(
        IllegalArgumentException.class,
        () -> new TokenVerifier("i", Set.of(" "), keys, time, REMEMBERED_MAX));
  }

  private TokenVerifier verifier() {
    return new TokenVerifier(
        TestIssuer.ISSUER, Set.of(TestIssuer.AUDIENCE), keys, time, REMEMBERED_MAX);
  }

  private String changed(UnaryOperator<JsonObjectBuilder> change) {
    return ISSUER.token(time.instant(), change);
  }

  private static JsonObject header(String algorithm, String kid) {
    return Json.createObjectBuilder().add("alg", algorithm).add("kid", kid).build();
  }

  private String hmacSigned(byte[] secret, String kid) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    String signed =
        TestIssuer.encoded(header("HS256", kid).toString())
            + "."
            + TestIssuer.encoded(TestIssuer.claims(time.instant()).build().toString());
    return signed
        + "."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(mac.doFinal(signed.getBytes(UTF_8)));
  }

  private void assertRefused(String reason, String token) {
    VaultFailure failure = assertUnauthenticated(() -> verifier.verify(token));
    assertTrue(failure.detail().contains(reason), failure.detail());
    assertFalse(token.length() > 3 && failure.toString().contains(token));
  }

  private static VaultFailure assertUnauthenticated(Runnable call) {
    VaultFailure failure = assertThrows(VaultFailure.class, call::run);
    assertEquals(FailureCode.UNAUTHENTICATED, failure.code());
    return failure;
  }

  /// A key set that counts how often it was asked for more.
  private static final class CountedKeys implements TokenKeys {
    final AtomicInteger asked = new AtomicInteger();
    private JwkKeys known = SigningKeys.parse(TestIssuer.keySet().getBytes(UTF_8));
    JwkKeys next = known;

    void set(TestIssuer... issuers) {
      set(TestIssuer.keySet(issuers));
    }

    void set(String keySet) {
      known = SigningKeys.parse(keySet.getBytes(UTF_8));
      next = known;
    }

    @Override
    public JwkKeys current() {
      return known;
    }

    @Override
    public JwkKeys afterUnknownKey() {
      asked.incrementAndGet();
      return next;
    }
  }
}
