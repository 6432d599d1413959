package io.quorumvault.kit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.helidon.security.jwt.jwk.JwkEC;
import io.helidon.security.jwt.jwk.JwkKeys;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class SigningKeysTest {
  private static final TestIssuer EC = TestIssuer.ec("ec");

  @Test
  void public_signing_keys_are_kept_by_their_id() {
    TestIssuer rsa = TestIssuer.rsa("rsa", "RS256", 2048);
    JwkKeys keys = parse(TestIssuer.keySet(EC, rsa));
    assertEquals("ES256", keys.forKeyId("ec").orElseThrow().algorithm());
    assertEquals("RS256", keys.forKeyId("rsa").orElseThrow().algorithm());
  }

  @Test
  void keys_that_must_not_verify_tokens_are_left_out_without_a_word_of_their_content() {
    try (CapturedLog log = new CapturedLog(SigningKeys.class)) {
      JsonObject jwk = EC.jwk();
      JwkKeys keys =
          parse(
              set(
                  jwk,
                  Json.createObjectBuilder(jwk).remove("kid").build(),
                  Json.createObjectBuilder(jwk).add("kid", "enc").add("use", "enc").build(),
                  Json.createObjectBuilder(jwk).add("kid", "b64").add("x", "!hunter2").build(),
                  Json.createObjectBuilder(jwk).add("kid", "bad").add("x", 7).build(),
                  Json.createObjectBuilder(jwk).add("kid", "crv").add("crv", "P-192").build(),
                  Json.createObjectBuilder(jwk).add("kid", "okp").add("kty", "OKP").build(),
                  Json.createObjectBuilder(jwk).remove("kty").add("kid", "none").build(),
                  TestIssuer.rsa("short", "RS256", 1024).jwk(),
                  Json.createObjectBuilder()
                      .add("kty", "oct")
                      .add("kid", "oct")
                      .add("k", "hunter2")
                      .build()));
      assertEquals(List.of("ec"), keys.keys().stream().map(key -> key.keyId()).toList());
      assertEquals(1, log.lines().size());
      assertTrue(log.lines().getFirst().startsWith("WARNING 9 keys"), log.lines().getFirst());
      assertFalse(log.lines().getFirst().contains("hunter2"));
    }
  }

  @Test
  void a_private_part_is_not_kept() {
    JsonObject leaked = Json.createObjectBuilder(EC.jwk()).add("d", "AAAA").build();
    JwkEC key = (JwkEC) parse(set(leaked)).forKeyId("ec").orElseThrow();
    assertTrue(key.privateKey().isEmpty());
  }

  @Test
  void two_keys_of_one_id_are_refused() {
    assertThrows(
        IllegalArgumentException.class, () -> parse(TestIssuer.keySet(EC, TestIssuer.ec("ec"))));
  }

  @Test
  void an_empty_key_set_verifies_nothing() {
    assertEquals(List.of(), parse("{\"keys\": []}").keys());
  }

  @Test
  void what_is_no_key_set_is_refused_and_not_quoted() {
    for (String document :
        List.of("", "hunter2", "[]", "{}", "{\"keys\": {}}", "{\"keys\": \"hunter2\"}")) {
      IllegalArgumentException refusal =
          assertThrows(IllegalArgumentException.class, () -> parse(document));
      assertFalse(String.valueOf(refusal.getMessage()).contains("hunter2"));
    }
  }

  private static String set(JsonObject... keys) {
    var array = Json.createArrayBuilder();
    List.of(keys).forEach(array::add);
    return Json.createObjectBuilder().add("keys", array).build().toString();
  }

  private static JwkKeys parse(String document) {
    return SigningKeys.parse(document.getBytes(UTF_8));
  }
}
