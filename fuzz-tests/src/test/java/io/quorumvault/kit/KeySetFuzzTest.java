package io.quorumvault.kit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.helidon.security.jwt.jwk.Jwk;
import io.helidon.security.jwt.jwk.JwkEC;
import io.helidon.security.jwt.jwk.JwkRSA;
import io.quorumvault.fuzz.FuzzInput;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeAll;

/// Any bytes as the issuer's key set.
class KeySetFuzzTest {
  private static final Logger LEFT_OUT = Logger.getLogger(SigningKeys.class.getName());

  @BeforeAll
  static void sayNothingOfKeysThatAreLeftOut() {
    LEFT_OUT.setLevel(Level.OFF);
  }

  @FuzzTest
  void a_key_set_is_refused_or_has_only_public_keys_that_verify(byte[] bytes) {
    FuzzInput input = new FuzzInput(bytes);
    try {
      for (Jwk key : SigningKeys.parse(input.restWithCanary()).keys()) {
        assertTrue(key instanceof JwkEC || key instanceof JwkRSA, key::toString);
        assertTrue(key.keyId() != null && !key.keyId().isEmpty());
      }
    } catch (IllegalArgumentException refused) {
      FuzzInput.assertEchoesNothing(String.valueOf(refused.getMessage()));
    }
  }
}
