package io.quorumvault.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
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
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Tokens nobody may be let in with. Each lacks one thing only: what they are all made from is in
/// order, and most are signed with the right key, so that nothing but what they are named for keeps
/// them out.
class TokenVectorsTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final long SECONDS = NOW.getEpochSecond();
  private static final TestIssuer EC = TestIssuer.ec("ec-1");
  private static final TestIssuer RSA = TestIssuer.rsa("rsa-1", "RS256", 2048);
  private static final TestIssuer STRANGER = TestIssuer.ec("ec-1");
  private static final TestIssuer RSA_STRANGER = TestIssuer.rsa("rsa-1", "RS256", 2048);

  private static final String EC_HEADER = "{\"alg\":\"ES256\",\"kid\":\"ec-1\",\"typ\":\"JWT\"}";
  private static final String CLAIMS = TestIssuer.claims(NOW).build().toString();

  /// @param what is wrong with it
  record Vector(String what, String token) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static final class Table {
    final List<Vector> vectors = new ArrayList<>();

    void add(String what, String token) {
      vectors.add(new Vector(what, token));
    }

    /// With another header, signed with the right key.
    void header(String what, String header) {
      add(what, EC.token(header, CLAIMS));
    }

    /// With one claim written otherwise, signed with the right key.
    void claim(String what, String name, String value) {
      String rest =
          Json.createObjectBuilder(TestIssuer.claims(NOW).build()).remove(name).build() + "";
      String claims = "{\"" + name + "\":" + value + "," + rest.substring(1);
      add(what, EC.token(EC_HEADER, claims));
    }

    void without(String name) {
      add(
          "no " + name,
          EC.token(
              EC_HEADER,
              Json.createObjectBuilder(TestIssuer.claims(NOW).build()).remove(name).build() + ""));
    }

    /// With members more in front of the claims that are in order.
    void twice(String what, String member) {
      add(what, EC.token(EC_HEADER, "{" + member + "," + CLAIMS.substring(1)));
      add(
          what + ", behind",
          EC.token(EC_HEADER, CLAIMS.substring(0, CLAIMS.length() - 1) + "," + member + "}"));
    }
  }

  static List<Vector> vectors() throws GeneralSecurityException {
    Table table = new Table();
    algorithms(table);
    keys(table);
    claims(table);
    forms(table);
    signatures(table);
    return table.vectors;
  }

  private static void algorithms(Table table) throws GeneralSecurityException {
    for (String none : List.of("none", "None", "NONE", "nOnE")) {
      String header = "{\"alg\":\"" + none + "\",\"kid\":\"ec-1\"}";
      table.add("alg " + none, parts(header, CLAIMS) + ".");
      table.header("alg " + none + ", signed all the same", header);
    }
    table.header("alg empty", "{\"alg\":\"\",\"kid\":\"ec-1\"}");
    table.header("alg missing", "{\"kid\":\"ec-1\"}");
    table.header("alg null", "{\"alg\":null,\"kid\":\"ec-1\"}");
    table.header("alg a number", "{\"alg\":256,\"kid\":\"ec-1\"}");
    table.header("alg a list", "{\"alg\":[\"ES256\"],\"kid\":\"ec-1\"}");
    table.header("alg in small letters", "{\"alg\":\"es256\",\"kid\":\"ec-1\"}");
    table.header("alg with a blank", "{\"alg\":\"ES256 \",\"kid\":\"ec-1\"}");
    for (String other : List.of("ES384", "ES512", "ES256K", "EdDSA", "RS256", "PS256", "HS256")) {
      table.header("alg " + other + " over ES256", "{\"alg\":\"" + other + "\",\"kid\":\"ec-1\"}");
    }
    for (byte[] secret :
        List.of(
            EC.keys().getPublic().getEncoded(),
            RSA.keys().getPublic().getEncoded(),
            pem(RSA.keys().getPublic().getEncoded()),
            RSA.jwk().getString("n").getBytes(UTF_8),
            RSA.jwk().toString().getBytes(UTF_8),
            TestIssuer.keySet(EC, RSA).getBytes(UTF_8),
            new byte[] {0})) {
      table.add(
          "HMAC with " + secret.length + " public bytes for a secret",
          hmac("HS256", "HmacSHA256", "rsa-1", secret));
    }
    byte[] der = RSA.keys().getPublic().getEncoded();
    table.add("HS384 with a public key", hmac("HS384", "HmacSHA384", "rsa-1", der));
    table.add("HS512 with a public key", hmac("HS512", "HmacSHA512", "rsa-1", der));
    table.add("PS256, which no key is for", pss());
    table.add("RS256 over SHA-1", rsa("RS256", "SHA1withRSA"));
    table.add("RS512 with the key for RS256", rsa("RS512", "SHA512withRSA"));
  }

  private static void keys(Table table) {
    table.header("kid missing", "{\"alg\":\"ES256\"}");
    for (String kid :
        List.of(
            "\"\"",
            "\"ec-2\"",
            "\"EC-1\"",
            "\"ec-1 \"",
            "\"ec-1\\u0000\"",
            "\"../../../../dev/null\"",
            "\"ec-1' OR '1'='1\"",
            "\"rsa-1\"",
            "1",
            "null",
            "[\"ec-1\"]",
            "{\"ec-1\":1}")) {
      table.header("kid " + kid, "{\"alg\":\"ES256\",\"kid\":" + kid + "}");
    }
    table.add("signed with a stranger's key of the same name", STRANGER.token(EC_HEADER, CLAIMS));
    table.add("signed with a stranger's RSA key of the same name", RSA_STRANGER.token(NOW));
    // Where to find the key is never the token's to say (RFC 8725, section 3.10).
    String jwk = STRANGER.jwk().toString();
    for (String member :
        List.of(
            "\"jwk\":" + jwk,
            "\"jku\":\"https://evil.example/keys\"",
            "\"jku\":\"file:///dev/null\"",
            "\"x5u\":\"https://evil.example/certificate\"",
            "\"x5c\":[\"" + Base64.getEncoder().encodeToString(new byte[300]) + "\"]",
            "\"x5t\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAA\"",
            "\"x5t#S256\":\"AAAA\"")) {
      table.add(
          "brings its key: " + member.substring(1, 5),
          STRANGER.token("{\"alg\":\"ES256\",\"kid\":\"ec-1\"," + member + "}", CLAIMS));
      table.add(
          "brings its key and names none: " + member.substring(1, 5),
          STRANGER.token("{\"alg\":\"ES256\"," + member + "}", CLAIMS));
    }
    for (String crit : List.of("[\"exp\"]", "[]", "[\"b64\"]", "[\"x\"]", "\"exp\"", "null")) {
      table.header("crit " + crit, "{\"alg\":\"ES256\",\"kid\":\"ec-1\",\"crit\":" + crit + "}");
    }
    String plain = "{\"alg\":\"ES256\",\"kid\":\"ec-1\",\"b64\":false,\"crit\":[\"b64\"]}";
    table.add(
        "payload not encoded (RFC 7797)", EC.signed(TestIssuer.encoded(plain) + "." + CLAIMS));
    for (String member : List.of("\"alg\":\"none\"", "\"alg\":\"ES256\"", "\"kid\":\"ec-2\"")) {
      table.header("header has twice " + member, "{" + member + "," + EC_HEADER.substring(1));
    }
  }

  private static void claims(Table table) {
    for (String name : List.of("iss", "aud", "exp", "sub")) {
      table.without(name);
      table.claim(name + " null", name, "null");
      table.claim(name + " an object", name, "{\"a\":1}");
      table.claim(name + " true", name, "true");
    }
    for (String iss :
        List.of(
            "\"\"",
            "\"https://evil.example\"",
            "\"" + TestIssuer.ISSUER + "/\"",
            "\"" + TestIssuer.ISSUER + ".evil.example\"",
            "\" " + TestIssuer.ISSUER + "\"",
            "[\"" + TestIssuer.ISSUER + "\"]",
            "7")) {
      table.claim("iss " + iss, "iss", iss);
    }
    for (String aud :
        List.of(
            "\"\"",
            "\"other\"",
            "[]",
            "[\"other\"]",
            "[7]",
            "[[\"" + TestIssuer.AUDIENCE + "\"]]",
            "\"" + TestIssuer.AUDIENCE + "x\"",
            "\"" + TestIssuer.AUDIENCE.substring(1) + "\"",
            "\"other," + TestIssuer.AUDIENCE + "\"",
            "\"" + TestIssuer.AUDIENCE + " \"",
            "\"*\"")) {
      table.claim("aud " + aud, "aud", aud);
    }
    for (String exp :
        List.of(
            "0",
            "-1",
            "" + (SECONDS - 3600),
            (SECONDS - 3600) + ".5",
            "\"" + (SECONDS + 3600) + "\"",
            "\"never\"",
            "\"2027-01-01T00:00:00Z\"",
            "[" + (SECONDS + 3600) + "]",
            "1e400",
            "1e99999999999",
            "9223372036854775807",
            "9223372036854775808",
            "99999999999999999999999999",
            "-9223372036854775809")) {
      table.claim("exp " + exp, "exp", exp);
    }
    for (String later : List.of("" + (SECONDS + 3600), "\"0\"", "1e400", "true", "[0]")) {
      table.claim("nbf " + later, "nbf", later);
      table.claim("iat " + later, "iat", later);
    }
    for (String sub :
        List.of(
            "\"\"",
            "7",
            "[\"ann\"]",
            "\"ann\\nroot\"",
            "\"ann\\u0000\"",
            "\"\\u202Enna\"",
            "\"ann\\u200B\"",
            "\"\\ud800\"",
            "\"" + "x".repeat(Caller.NAME_CHARS_MAX + 1) + "\"")) {
      table.claim("sub " + (sub.length() > 40 ? "too long" : sub), "sub", sub);
    }
    String many = "[\"g\"" + String.join("", numbered(Caller.GROUPS_MAX + 1)) + "]";
    for (String groups :
        List.of("\"ops\"", "7", "[7]", "[null]", "[[\"ops\"]]", "[\"\"]", "[\"a\\nb\"]", many)) {
      table.claim("groups " + (groups.length() > 40 ? "too many" : groups), "groups", groups);
    }
    // RFC 7519, section 4: names are there once. Two readers that take another one each would see
    // two callers.
    table.twice("sub twice", "\"sub\":\"root\"");
    table.twice("exp twice", "\"exp\":" + (SECONDS + 60));
    table.twice("aud twice", "\"aud\":\"other\"");
    table.twice("groups twice", "\"groups\":[\"admins\"]");
    table.twice("iss twice, once in escapes", "\"\\u0069ss\":\"https://evil.example\"");
  }

  private static void forms(Table table) {
    String good = EC.token(NOW);
    String[] parts = good.split("\\.", -1);
    for (String payload :
        List.of(
            "",
            "null",
            "[]",
            "\"" + CLAIMS.replace("\"", "\\\"") + "\"",
            CLAIMS + "{}",
            CLAIMS + "x",
            CLAIMS.substring(0, CLAIMS.length() - 1),
            "\ufeff" + CLAIMS,
            "{\"a\":" + "[".repeat(2000) + "]".repeat(2000) + "," + CLAIMS.substring(1),
            good)) {
      table.add(
          "payload " + (payload.length() > 40 ? payload.substring(0, 5) + "..." : payload),
          EC.token(EC_HEADER, payload));
    }
    table.add(
        "payload in UTF-16",
        EC.signed(TestIssuer.encoded(EC_HEADER) + "." + base64(CLAIMS.getBytes(UTF_16))));
    table.add(
        "payload with a longer form of UTF-8",
        EC.signed(
            TestIssuer.encoded(EC_HEADER)
                + "."
                + base64(
                    CLAIMS
                        .replace(
                            "ann", new String(new byte[] {(byte) 0xc1, (byte) 0xa1}, ISO_8859_1))
                        .getBytes(ISO_8859_1))));
    for (String header : List.of("", "null", "[]", "{}", EC_HEADER + "{}", "\ufeff" + EC_HEADER)) {
      table.header("header " + header, header);
    }
    table.add("nothing", "");
    table.add("only dots", "..");
    table.add("two parts", parts[0] + "." + parts[1]);
    table.add("four parts", good + ".");
    table.add("five parts, as encrypted tokens have", good + ".AAAA.AAAA");
    table.add(
        "encrypted",
        TestIssuer.encoded("{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"kid\":\"ec-1\"}")
            + "..AAAAAAAAAAAAAAAA."
            + parts[1]
            + ".AAAAAAAAAAAAAAAAAAAAAA");
    table.add("with a line end", good + "\n");
    table.add("with a blank before", " " + good);
    table.add("with a NUL behind", good + "\0");
    table.add("header padded", parts[0] + "=." + parts[1] + "." + parts[2]);
    table.add(
        "in JSON (RFC 7515, section 7.2)",
        "{\"protected\":\""
            + parts[0]
            + "\",\"payload\":\""
            + parts[1]
            + "\",\"signature\":\""
            + parts[2]
            + "\"}");
    table.add("longer than any", good + "A".repeat(Limits.TOKEN_CHARS_MAX));
  }

  private static void signatures(Table table) throws GeneralSecurityException {
    String good = EC.token(NOW);
    String[] parts = good.split("\\.", -1);
    String head = parts[0] + "." + parts[1] + ".";
    byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
    byte[] swapped = new byte[64];
    System.arraycopy(signature, 0, swapped, 32, 32);
    System.arraycopy(signature, 32, swapped, 0, 32);
    table.add("signature empty", head);
    table.add("signature of zeros", head + base64(new byte[64])); // CVE-2022-21449
    table.add("signature cut", head + base64(Arrays.copyOf(signature, 63)));
    table.add("signature longer", head + base64(Arrays.copyOf(signature, 65)));
    table.add("signature's halves swapped", head + base64(swapped));
    table.add("signature in DER", head + base64(der(EC.keys().getPrivate(), head)));
    table.add("signature of another token", head + otherSignature());
    table.add("payload detached", parts[0] + ".." + parts[2]);
    table.add(
        "payload of another token",
        parts[0]
            + "."
            + TestIssuer.encoded(CLAIMS.replace("\"ann\"", "\"root\""))
            + "."
            + parts[2]);
    table.add(
        "header of another token",
        TestIssuer.encoded("{\"kid\":\"ec-1\",\"alg\":\"ES256\"}")
            + "."
            + parts[1]
            + "."
            + parts[2]);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void nobody_is_let_in_with(Vector vector) {
    TokenVerifier verifier = verifier();
    VaultFailure refused =
        assertThrows(VaultFailure.class, () -> verifier.verify(vector.token()), vector.what());
    assertEquals(FailureCode.UNAUTHENTICATED, refused.code());
    assertEquals(0, verifier.rememberedCount());
    for (String part : vector.token().split("\\.", -1)) {
      assertFalse(part.length() > 12 && refused.toString().contains(part));
    }
    assertThrows(VaultFailure.class, () -> verifier.verify(vector.token()), "the second time");
  }

  @Test
  void what_they_are_made_from_is_in_order() {
    Caller ann = new Caller("ann", Set.of("ops"));
    for (String token :
        List.of(
            EC.token(NOW),
            RSA.token(NOW),
            EC.token(EC_HEADER, CLAIMS),
            EC.token("{\"kid\":\"ec-1\",\"alg\":\"ES256\",\"x\":{\"y\":[1]}}", CLAIMS),
            EC.token(EC_HEADER, CLAIMS.replace("{", "{\"a\":{\"sub\":\"b\"},")))) {
      assertEquals(ann, verifier().verify(token));
    }
  }

  @Test
  void there_are_many_and_none_is_there_twice() throws GeneralSecurityException {
    List<Vector> vectors = vectors();
    assertTrue(vectors.size() >= 60, "" + vectors.size());
    Set<String> tokens = new HashSet<>();
    vectors.forEach(vector -> assertTrue(tokens.add(vector.token()), vector.what()));
  }

  private static TokenVerifier verifier() {
    JwkKeys known = SigningKeys.parse(TestIssuer.keySet(EC, RSA).getBytes(UTF_8));
    TokenKeys keys =
        new TokenKeys() {
          @Override
          public JwkKeys current() {
            return known;
          }

          @Override
          public JwkKeys afterUnknownKey() {
            return known;
          }
        };
    return new TokenVerifier(
        TestIssuer.ISSUER, Set.of(TestIssuer.AUDIENCE), keys, new ManualTime(NOW), 10);
  }

  private static List<String> numbered(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(",\"g" + i + "\"");
    }
    return names;
  }

  private static String parts(String header, String claims) {
    return TestIssuer.encoded(header) + "." + TestIssuer.encoded(claims);
  }

  private static String hmac(String algorithm, String mac, String kid, byte[] secret)
      throws GeneralSecurityException {
    Mac keyed = Mac.getInstance(mac);
    keyed.init(new SecretKeySpec(secret, mac));
    String signed = parts("{\"alg\":\"" + algorithm + "\",\"kid\":\"" + kid + "\"}", CLAIMS);
    return signed + "." + base64(keyed.doFinal(signed.getBytes(UTF_8)));
  }

  private static String rsa(String algorithm, String signatureName)
      throws GeneralSecurityException {
    String signed = parts("{\"alg\":\"" + algorithm + "\",\"kid\":\"rsa-1\"}", CLAIMS);
    Signature signature = Signature.getInstance(signatureName);
    signature.initSign(RSA.keys().getPrivate());
    signature.update(signed.getBytes(UTF_8));
    return signed + "." + base64(signature.sign());
  }

  private static String pss() throws GeneralSecurityException {
    String signed = parts("{\"alg\":\"PS256\",\"kid\":\"rsa-1\"}", CLAIMS);
    Signature signature = Signature.getInstance("RSASSA-PSS");
    signature.setParameter(
        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    signature.initSign(RSA.keys().getPrivate());
    signature.update(signed.getBytes(UTF_8));
    return signed + "." + base64(signature.sign());
  }

  private static byte[] der(PrivateKey key, String head) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(head.substring(0, head.length() - 1).getBytes(UTF_8));
    return signature.sign();
  }

  private static String otherSignature() {
    String other = EC.token(EC_HEADER, CLAIMS.replace("\"ann\"", "\"bob\""));
    return other.substring(other.lastIndexOf('.') + 1);
  }

  private static byte[] pem(byte[] der) {
    return ("-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END PUBLIC KEY-----\n")
        .getBytes(UTF_8);
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
