package io.quorumvault.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.helidon.security.jwt.jwk.JwkKeys;
import io.quorumvault.FailureCode;
import io.quorumvault.VaultFailure;
import io.quorumvault.fuzz.FuzzInput;
import io.quorumvault.policy.Caller;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Set;

/// Any bytes as a token, and any bytes as the header or the claims of a token that is properly
/// signed.
class TokenFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final byte[] HEADER = bytes("{\"alg\":\"ES256\",\"kid\":\"k\"}");
  private static final KeyPair KEYS = keys();
  private static final TokenVerifier VERIFIER =
      new TokenVerifier("i", Set.of("a"), known(), InstantSource.fixed(NOW), 10);

  @FuzzTest
  void a_token_is_refused_by_a_rule_or_was_signed_for_us_and_in_time(byte[] bytes) {
    FuzzInput input = new FuzzInput(bytes);
    int kind = input.choice(3);
    byte[] rest = input.restWithCanary();
    String token =
        switch (kind) {
          case 0 -> new String(rest, StandardCharsets.UTF_8);
          case 1 ->
              signed(rest, bytes("{\"iss\":\"i\",\"aud\":\"a\",\"sub\":\"s\",\"exp\":9999999999}"));
          default -> signed(HEADER, rest);
        };
    try {
      Caller caller = VERIFIER.verify(token);
      assertTrue(kind != 0, "nobody signed it");
      String claims = new String(rest, StandardCharsets.UTF_8);
      assertTrue(kind == 1 || claims.contains("exp") || claims.contains("\\u"), claims);
      assertEquals(caller, VERIFIER.verify(token));
    } catch (VaultFailure refused) {
      assertEquals(FailureCode.UNAUTHENTICATED, refused.code());
      FuzzInput.assertEchoesNothing(refused.toString());
    }
    VaultFailure noScheme =
        assertThrows(VaultFailure.class, () -> TokenVerifier.bearerToken(token + "\0"));
    FuzzInput.assertEchoesNothing(noScheme.toString());
  }

  private static String signed(byte[] header, byte[] claims) {
    String parts = BASE64.encodeToString(header) + "." + BASE64.encodeToString(claims);
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(KEYS.getPrivate());
      signature.update(bytes(parts));
      return parts + "." + BASE64.encodeToString(signature.sign());
    } catch (GeneralSecurityException missing) {
      throw new LinkageError("ES256", missing);
    }
  }

  private static TokenKeys known() {
    ECPublicKey key = (ECPublicKey) KEYS.getPublic();
    JwkKeys set =
        SigningKeys.parse(
            bytes(
                "{\"keys\":[{\"kty\":\"EC\",\"kid\":\"k\",\"alg\":\"ES256\",\"crv\":\"P-256\",\"x\":\""
                    + coordinate(key.getW().getAffineX().toByteArray())
                    + "\",\"y\":\""
                    + coordinate(key.getW().getAffineY().toByteArray())
                    + "\"}]}"));
    return new TokenKeys() {
      @Override
      public JwkKeys current() {
        return set;
      }

      @Override
      public JwkKeys afterUnknownKey() {
        return set;
      }
    };
  }

  private static String coordinate(byte[] number) {
    byte[] exact = new byte[32];
    int length = Math.min(number.length, exact.length);
    System.arraycopy(number, number.length - length, exact, exact.length - length, length);
    return BASE64.encodeToString(exact);
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException missing) {
      throw new LinkageError("EC", missing);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
