package io.quorumvault.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.Bytes;
import io.quorumvault.testing.Gen;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final Envelope.Metadata META =
      new Envelope.Metadata("demo/A", "share", Instant.parse("2026-11-01T00:00:00Z"));
  private static final byte[] SHARE = HEX.parseHex("00112233445566778899aabbccddeeff");

  /// {"ts": …, "purpose": "share", "subject": "demo/A"}, written by hand.
  private static final String META_HEX =
      "a3"
          + ("627473" + "1b000001a19467e800")
          + ("67707572706f7365" + "657368617265")
          + ("677375626a656374" + "6664656d6f2f41");

  private static final String BEFORE_DIGEST_HEX =
      "6176"
          + "01"
          + "63616c67"
          + "677368612d323536"
          + "646d657461"
          + META_HEX
          + "6473697a65"
          + "10";

  @Test
  void the_header_is_these_bytes_for_ever() {
    // SHA-256, by another program, over the map without the digest and the share.
    String digest = "95f1bf79e0bf3f25b466ec36dcb6cc36ee096f733dd70968217422b0bde0a9ed";
    String golden = "a5" + BEFORE_DIGEST_HEX + "66646967657374" + "5820" + digest;
    assertEquals(golden, HEX.formatHex(Envelope.seal(SHARE, META).header()));
    assertTrue(Envelope.open(HEX.parseHex(golden), SHARE, "demo/A", "share").isPresent());
  }

  @Test
  void what_was_sealed_opens() {
    Gen.forAll(
        500,
        gen -> {
          byte[] share = gen.bytes(gen.below(300));
          Envelope.Metadata meta =
              new Envelope.Metadata(
                  gen.text("abü/水", 0, 40),
                  gen.text("abc", 0, 20),
                  Instant.ofEpochMilli(gen.nextLong()));
          Envelope sealed = Envelope.seal(share, meta);
          Optional<Envelope> opened =
              Envelope.open(sealed.header(), share, meta.subject(), meta.purpose());
          assertEquals(Optional.of(sealed), opened);
        });
  }

  @Test
  void no_change_of_any_byte_of_the_share_opens() {
    byte[] header = Envelope.seal(SHARE, META).header();
    for (int at = 0; at < SHARE.length; at++) {
      for (int change = 1; change < 256; change++) {
        byte[] share = SHARE.clone();
        share[at] ^= (byte) change;
        assertEquals(Optional.empty(), Envelope.open(header, share, "demo/A", "share"));
      }
    }
  }

  @Test
  void no_change_of_any_byte_of_the_header_opens() {
    byte[] sealed = Envelope.seal(SHARE, META).header();
    int unknown = 0;
    for (int at = 0; at < sealed.length; at++) {
      for (int change = 1; change < 256; change++) {
        byte[] header = sealed.clone();
        header[at] ^= (byte) change;
        try {
          assertEquals(Optional.empty(), Envelope.open(header, SHARE, "demo/A", "share"));
        } catch (UnknownEnvelopeException loud) {
          unknown++;
        }
      }
    }
    // The version's byte, and the seven letters of the digest's name where they stay ASCII text.
    assertEquals(255 + 7 * 127, unknown);
  }

  @Test
  void neither_a_shorter_nor_a_longer_header_or_share_opens() {
    byte[] header = Envelope.seal(SHARE, META).header();
    for (int length = 0; length < header.length; length++) {
      assertEquals(
          Optional.empty(), Envelope.open(Arrays.copyOf(header, length), SHARE, "demo/A", "share"));
    }
    assertEquals(
        Optional.empty(),
        Envelope.open(Arrays.copyOf(header, header.length + 1), SHARE, "demo/A", "share"));
    for (int length = 0; length <= SHARE.length + 1; length++) {
      boolean whole = length == SHARE.length;
      assertEquals(
          whole,
          Envelope.open(header, Arrays.copyOf(SHARE, length), "demo/A", "share").isPresent());
    }
  }

  @Test
  void an_envelope_of_another_record_or_purpose_does_not_open() {
    byte[] header = Envelope.seal(SHARE, META).header();
    assertTrue(Envelope.open(header, SHARE, "demo/A", "share").isPresent());
    assertEquals(Optional.empty(), Envelope.open(header, SHARE, "demo/B", "share"));
    assertEquals(Optional.empty(), Envelope.open(header, SHARE, "demo/A", "backup"));
  }

  @Test
  void a_matching_digest_does_not_excuse_a_wrong_size() {
    Envelope sealed = Envelope.seal(SHARE, META);
    Envelope lying = new Envelope(1, "sha-256", 17, sealed.digest(), META);
    assertEquals(Optional.empty(), Envelope.open(lying.header(), SHARE, "demo/A", "share"));
  }

  @Test
  void another_version_is_refused_loudly_whatever_follows_it() {
    assertUnknown("a2617602" + "63616c67" + "677368612d323536");
    assertUnknown("a1617602");
    assertUnknown("a1617618ff");
    assertUnknown("a5617600ffffff");
  }

  @Test
  void another_digest_is_refused_loudly() {
    String header = HEX.formatHex(Envelope.seal(SHARE, META).header());
    String sha512 = HEX.formatHex("sha-512".getBytes(UTF_8));
    assertUnknown(header.replace("7368612d323536", sha512));
    assertThrows(
        UnknownEnvelopeException.class,
        () -> new Envelope(1, "sha-512", 1, Bytes.copyOf(new byte[32]), META));
    assertThrows(
        UnknownEnvelopeException.class,
        () -> new Envelope(2, "sha-256", 1, Bytes.copyOf(new byte[32]), META));
  }

  @Test
  void metadata_fits_512_bytes_and_not_one_more() {
    int overhead = HEX.parseHex(META_HEX).length - "demo/A".length() + 2; // a longer text's head
    String longest = "x".repeat(Envelope.METADATA_BYTES_MAX - overhead);
    Envelope sealed = Envelope.seal(SHARE, new Envelope.Metadata(longest, "share", META.ts()));
    assertTrue(Envelope.open(sealed.header(), SHARE, longest, "share").isPresent());
    assertThrows(
        IllegalArgumentException.class,
        () -> Envelope.seal(SHARE, new Envelope.Metadata(longest + "x", "share", META.ts())));
  }

  @Test
  void sealing_leaves_the_share_as_it_was() {
    byte[] share = SHARE.clone();
    Envelope.open(Envelope.seal(share, META).header(), share, "demo/A", "share");
    assertArrayEquals(SHARE, share);
  }

  private static void assertUnknown(String header) {
    assertThrows(
        UnknownEnvelopeException.class,
        () -> Envelope.open(HEX.parseHex(header), SHARE, "demo/A", "share"));
  }
}
