package io.quorumvault.kit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.helidon.security.jwt.jwk.JwkKeys;
import io.quorumvault.testing.Gen;
import io.quorumvault.testing.TimingGate;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A verified token is remembered for a minute. How long it takes to find that another is not the
/// same must not tell how much of it is.
final class TokenVerifierTimingTest {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  /// So many that a guess is never right.
  private static final int GUESSED = 12;

  private final Gen gen = new Gen(1);

  @Test
  void looking_a_token_up_takes_the_same_time_however_much_of_it_is_right() {
    ManualTime time = new ManualTime(Instant.parse("2026-11-01T12:00:00Z"));
    TestIssuer issuer = TestIssuer.ec("key-1");
    TokenVerifier verifier =
        new TokenVerifier(
            TestIssuer.ISSUER,
            Set.of(TestIssuer.AUDIENCE),
            new OneKey(SigningKeys.parse(TestIssuer.keySet(issuer).getBytes(UTF_8))),
            time,
            1);
    String token = issuer.token(time.instant());
    verifier.verify(token);

    var gate =
        new TimingGate<>(
            "looking a token up",
            letters -> like(token, letters),
            guess -> verifier.remembers(guess) ? 1 : 0,
            1);
    byte[] letters = letters(token);
    gate.clears(
        "all but its last characters",
        () -> off(letters, letters.length - GUESSED, letters.length));
    gate.clears("all but its first characters", () -> off(letters, 0, GUESSED));
  }

  /// Numbers of the alphabet's letters, 0 for a dot.
  private static byte[] letters(String token) {
    byte[] letters = new byte[token.length()];
    for (int i = 0; i < letters.length; i++) {
      letters[i] = (byte) Math.max(0, ALPHABET.indexOf(token.charAt(i)));
    }
    return letters;
  }

  /// A token with its dots where `token` has them.
  private static String like(String token, byte[] letters) {
    byte[] text = new byte[letters.length];
    for (int i = 0; i < letters.length; i++) {
      char letter = token.charAt(i) == '.' ? '.' : ALPHABET.charAt(letters[i] & 63);
      text[i] = (byte) letter;
    }
    return new String(text, US_ASCII);
  }

  /// The right letters, but for some that are guessed, mostly wrongly, each time anew.
  private byte[] off(byte[] letters, int from, int to) {
    byte[] guess = letters.clone();
    for (int i = from; i < to; i++) {
      guess[i] = (byte) gen.between(0, ALPHABET.length() - 1);
    }
    return guess;
  }

  private record OneKey(JwkKeys current) implements TokenKeys {
    @Override
    public JwkKeys afterUnknownKey() {
      return current;
    }
  }
}
