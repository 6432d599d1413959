package io.quorumvault.sealing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.Bytes;
import io.quorumvault.secret.SecretId;
import io.quorumvault.sharing.Threshold;
import io.quorumvault.testing.Gen;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SealingContextTest {
  private static final SecretId SECRET = SecretId.of("demo", "DB_PASSWORD");
  private static final Threshold THRESHOLD = new Threshold(2, 3);

  @Test
  void the_byte_form_is_the_known_one() {
    // Computed outside this code base.
    String expected =
        "00000019696f2e71756f72756d7661756c742e7365616c696e672e7631"
            + "0000000663656c6c2d31"
            + "0000000464656d6f"
            + "0000000b44425f50415353574f5244"
            + "00000006312d372d3432"
            + "0302";
    SealingContext context = new SealingContext("cell-1", SECRET, "1-7-42", THRESHOLD);
    assertEquals(expected, HexFormat.of().formatHex(context.toBytes()));
  }

  @Test
  void no_two_contexts_have_one_byte_form() {
    // A tiny alphabet, so that texts of neighbouring fields often run together to the same one.
    Map<Bytes, SealingContext> contexts = new HashMap<>();
    Gen gen = new Gen(1);
    for (int i = 0; i < 5000; i++) {
      int n = gen.between(2, 4);
      SealingContext context =
          new SealingContext(
              gen.text("ab", 1, 3),
              SecretId.of(gen.text("ab", 1, 3), gen.text("ab", 1, 3)),
              gen.text("ab", 1, 3),
              new Threshold(gen.between(2, n), n));
      SealingContext other = contexts.put(Bytes.copyOf(context.toBytes()), context);
      assertTrue(other == null || other.equals(context), () -> context + " and " + other);
    }
    assertTrue(contexts.size() > 3000, "only " + contexts.size() + " different contexts");
  }

  @Test
  void texts_that_would_not_survive_the_byte_form_are_refused() {
    String longest = "a".repeat(SealingContext.TEXT_CHARS_MAX);
    for (String refused :
        new String[] {
          "", " ", "a b", "a\n", "\u0000", "\u00e4", "\ud800", "?\udc00", longest + "a"
        }) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new SealingContext(refused, SECRET, "1-7-42", THRESHOLD));
      assertThrows(
          IllegalArgumentException.class,
          () -> new SealingContext("cell-1", SECRET, refused, THRESHOLD));
    }
    assertEquals(longest, new SealingContext(longest, SECRET, longest, THRESHOLD).cell());
  }
}
