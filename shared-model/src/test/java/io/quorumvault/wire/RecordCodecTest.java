package io.quorumvault.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.Bytes;
import io.quorumvault.Limits;
import io.quorumvault.sealing.Contribution;
import io.quorumvault.sealing.MaskSeed;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.sharing.Share;
import io.quorumvault.testing.Gen;
import io.quorumvault.wire.SampleRecords.Batch;
import io.quorumvault.wire.SampleRecords.Bodied;
import io.quorumvault.wire.SampleRecords.Boxed;
import io.quorumvault.wire.SampleRecords.Circle;
import io.quorumvault.wire.SampleRecords.Drawing;
import io.quorumvault.wire.SampleRecords.Entry;
import io.quorumvault.wire.SampleRecords.Forest;
import io.quorumvault.wire.SampleRecords.Kind;
import io.quorumvault.wire.SampleRecords.Maybe;
import io.quorumvault.wire.SampleRecords.Nothing;
import io.quorumvault.wire.SampleRecords.Numbers;
import io.quorumvault.wire.SampleRecords.Positive;
import io.quorumvault.wire.SampleRecords.Square;
import io.quorumvault.wire.SampleRecords.Tree;
import io.quorumvault.wire.SampleRecords.Wide;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordCodecTest {
  private static final HexFormat HEX = HexFormat.of();

  record OneLong(long value) {}

  record OneText(String value) {}

  @SuppressWarnings("ArrayRecordComponent") // the form is there, though records of ours avoid it
  record OneArray(byte[] value) {}

  record OneFlag(boolean value) {}

  record OneList(List<Long> value) {}

  record Lists(List<Integer> a, List<String> b) {}

  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "10, 0a",
    "23, 17",
    "24, 1818",
    "25, 1819",
    "100, 1864",
    "1000, 1903e8",
    "1000000, 1a000f4240",
    "1000000000000, 1b000000e8d4a51000",
    "-1, 20",
    "-10, 29",
    "-100, 3863",
    "-1000, 3903e7",
    "9223372036854775807, 1b7fffffffffffffff",
    "-9223372036854775808, 3b7fffffffffffffff"
  })
  void integers_are_those_of_rfc_8949_appendix_a(long value, String hex) {
    assertForm(hex, new OneLong(value));
  }

  @Test
  void texts_are_those_of_rfc_8949_appendix_a() {
    assertForm("60", new OneText(""));
    assertForm("6161", new OneText("a"));
    assertForm("6449455446", new OneText("IETF"));
    assertForm("62225c", new OneText("\"\\"));
    assertForm("62c3bc", new OneText("ü"));
    assertForm("63e6b0b4", new OneText("水"));
    assertForm("64f0908591", new OneText("\uD800\uDD51"));
  }

  @Test
  void byte_strings_truth_values_arrays_and_maps_are_those_of_rfc_8949_appendix_a() {
    assertArrayEquals(HEX.parseHex("40"), RecordCodec.encode(new OneArray(new byte[0])));
    assertArrayEquals(
        HEX.parseHex("4401020304"), RecordCodec.encode(new OneArray(new byte[] {1, 2, 3, 4})));
    assertForm("f4", new OneFlag(false));
    assertForm("f5", new OneFlag(true));
    assertForm("80", new OneList(List.of()));
    assertForm("83010203", new OneList(List.of(1L, 2L, 3L)));
    assertForm(
        "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
        new OneList(Stream.iterate(1L, n -> n + 1).limit(25).toList()));
    assertForm("a0", new Nothing());
    assertForm("a26161016162820203", new MapOfAppendixA(1, List.of(2, 3)));
  }

  record MapOfAppendixA(int a, List<Integer> b) {}

  @Test
  void keys_come_shorter_first_and_then_bytewise_however_the_components_are_declared() {
    assertForm(
        "a4" + "6161" + "02" + "6162" + "01" + "626161" + "03" + "666c656e677468" + "04",
        new Wide(1, 2, 3, 4));
  }

  @Test
  void a_record_with_one_component_is_written_as_that_component() {
    assertForm("6464656d6f", new Namespace("demo"));
    assertForm(
        "a2" + "646e616d65" + "6144" + "696e616d657370616365" + "6464656d6f",
        SecretId.of("demo", "D"));
  }

  @Test
  void a_record_whose_one_component_may_be_absent_stays_a_map() {
    assertForm("a0", new Maybe(null));
    assertForm("a1" + "646e616d65" + "6144", new Maybe(new SecretName("D")));
  }

  @Test
  void one_of_several_records_is_a_map_from_its_name_to_its_form() {
    assertForm(
        "a3"
            + ("656669727374" + "a1" + "66436972636c65" + "05")
            + ("66626f64696564" + "6354574f")
            + ("666f7468657273" + "81" + "a1" + "66537175617265" + "a1" + "6473696465" + "07"),
        new Drawing(Bodied.TWO, new Circle(5), List.of(new Square(7, null))));
    String rest = "66626f64696564" + "6354574f" + "666f7468657273" + "80";
    assertRefused(
        "Drawing.first (expected: one of the 2 known kinds)",
        Drawing.class,
        "a3656669727374" + "a1" + "664f76616c6f6f" + "05" + rest);
    assertRefused(
        "Drawing.first (expected: exactly one kind)",
        Drawing.class,
        "a3656669727374" + "a2" + "66436972636c65" + "05" + "66436972636c65" + "05" + rest);
  }

  @Test
  void a_null_component_is_left_out() {
    assertForm("a1" + "646d757374" + "07", new Boxed(null, null, null, 7));
    assertForm(
        "a4"
            + "64666c6167"
            + "f5"
            + "646d757374"
            + "07"
            + "656c61726765"
            + "03"
            + "65736d616c6c"
            + "02",
        new Boxed(2, 3L, true, 7));
  }

  @Test
  void times_are_whole_milliseconds_and_a_finer_one_is_refused_when_written() {
    Entry entry = entry(Instant.ofEpochMilli(1_000), Duration.ofMillis(-5));
    assertEquals(entry, RecordCodec.decode(Entry.class, RecordCodec.encode(entry)));
    assertRefusedWhenWritten("Entry.validFrom", entry(Instant.ofEpochSecond(1, 1), Duration.ZERO));
    assertRefusedWhenWritten("Entry.age", entry(Instant.EPOCH, Duration.ofNanos(1)));
    assertRefusedWhenWritten("Entry.validFrom", entry(Instant.MAX, Duration.ZERO));
    assertRefusedWhenWritten("Entry.age", entry(Instant.EPOCH, Duration.ofSeconds(Long.MIN_VALUE)));
  }

  @Test
  void generated_records_come_back_equal_and_with_the_same_bytes() {
    Gen.forAll(
        12_000,
        gen -> {
          Class<? extends Record> type = gen.pick(SampleRecords.ALL);
          Record record = new RecordGenerator(gen).next(type);
          byte[] form = RecordCodec.encode(record);
          Record back = RecordCodec.decode(type, form);
          assertEquals(record, back);
          assertArrayEquals(form, RecordCodec.encode(back));
        });
  }

  @Test
  void a_value_of_the_largest_size_comes_back() {
    byte[] content = new Gen(1).bytes(Limits.VALUE_BYTES_MAX);
    Entry entry = entry(SecretValue.owning(content.clone()));
    Entry back = RecordCodec.decode(Entry.class, RecordCodec.encode(entry));
    SecretValue value = back.value();
    assertTrue(value != null && Arrays.equals(content, value.exposeCopy()));
  }

  @Test
  void the_input_is_not_kept_and_lists_read_cannot_be_changed() {
    byte[] form = RecordCodec.encode(new Lists(List.of(1), List.of("a")));
    Lists lists = RecordCodec.decode(Lists.class, form);
    Arrays.fill(form, (byte) 0);
    assertEquals(new Lists(List.of(1), List.of("a")), lists);
    assertThrows(UnsupportedOperationException.class, () -> lists.a().add(2));
  }

  @Test
  void bytes_after_the_end_are_refused() {
    assertRefused("OneLong (expected: nothing after its last byte)", OneLong.class, "0000");
  }

  @Test
  void an_unknown_key_is_refused_and_not_repeated() {
    assertRefused(
        "Maybe (expected: no keys but the names of its components)",
        Maybe.class,
        "a1" + "657468696566" + "6144");
    assertRefused(
        "Maybe (expected: no keys but the names of its components)",
        Maybe.class,
        "a2" + "646e616d65" + "6144" + "657468696566" + "00");
  }

  @Test
  void a_repeated_key_and_a_key_out_of_order_are_refused() {
    String complaint = "MapOfAppendixA (expected: each key once and in canonical order)";
    assertRefused(complaint, MapOfAppendixA.class, "a36161016161016162820203");
    assertRefused(complaint, MapOfAppendixA.class, "a26162820203616101");
  }

  @Test
  void a_key_that_is_no_text_or_not_in_its_shortest_form_is_refused() {
    assertRefused(
        "MapOfAppendixA's key (expected: a text string)",
        MapOfAppendixA.class,
        "a2" + "01" + "01" + "616200");
    assertRefused(
        "MapOfAppendixA's key (expected: the shortest form of a number or length)",
        MapOfAppendixA.class,
        "a2" + "780161" + "01" + "6162820203");
  }

  @Test
  void a_missing_component_is_named() {
    assertRefused("MapOfAppendixA.b (expected: to be present)", MapOfAppendixA.class, "a1616101");
    assertRefused(
        "MapOfAppendixA.a (expected: to be present)", MapOfAppendixA.class, "a16162820203");
    assertRefused("Numbers.flag (expected: to be present)", Numbers.class, "a0");
  }

  @Test
  void null_undefined_tags_and_floats_are_no_values() {
    for (String hex : List.of("f6", "f7", "c001", "f90000", "fb3ff199999999999a", "f814", "f816")) {
      assertRefused("OneLong.value (expected: an integer)", OneLong.class, hex);
      assertRefused("OneFlag.value (expected: true or false)", OneFlag.class, hex);
      assertRefused("OneText.value (expected: a text string)", OneText.class, hex);
      assertRefused("OneArray.value (expected: a byte string)", OneArray.class, hex);
      assertRefused("OneList.value (expected: an array)", OneList.class, hex);
      assertRefused("Nothing (expected: a map)", Nothing.class, hex);
    }
  }

  @Test
  void one_kind_of_value_never_stands_for_another() {
    assertRefused("OneText.value (expected: a text string)", OneText.class, "4161");
    assertRefused("OneArray.value (expected: a byte string)", OneArray.class, "6161");
    assertRefused("OneLong.value (expected: an integer)", OneLong.class, "6131");
    assertRefused("OneList.value (expected: an array)", OneList.class, "a0");
    assertRefused("Nothing (expected: a map)", Nothing.class, "80");
  }

  @ParameterizedTest
  @CsvSource({
    "1800",
    "1817",
    "190017",
    "1900ff",
    "1a0000ffff",
    "1b00000000ffffffff",
    "3800",
    "3b0000000000000000"
  })
  void a_number_in_a_longer_form_than_necessary_is_refused(String hex) {
    assertRefused(
        "OneLong.value (expected: the shortest form of a number or length)", OneLong.class, hex);
  }

  @Test
  void a_length_in_a_longer_form_than_necessary_is_refused() {
    String expected = " (expected: the shortest form of a number or length)";
    assertRefused("OneText.value" + expected, OneText.class, "780161");
    assertRefused("OneArray.value" + expected, OneArray.class, "590001ff");
    assertRefused("OneList.value" + expected, OneList.class, "980101");
    assertRefused("Nothing" + expected, Nothing.class, "b800");
  }

  @Test
  void indefinite_lengths_and_reserved_heads_are_refused() {
    String expected = " (expected: a definite length)";
    assertRefused("OneText.value" + expected, OneText.class, "7f6161ff");
    assertRefused("OneArray.value" + expected, OneArray.class, "5f4161ff");
    assertRefused("OneList.value" + expected, OneList.class, "9f01ff");
    assertRefused("Nothing" + expected, Nothing.class, "bfff");
    for (String hex : List.of("1c", "1d", "1e", "1f", "3f")) {
      assertRefused("OneLong.value" + expected, OneLong.class, hex);
    }
  }

  @Test
  void a_number_beyond_its_type_is_refused() {
    String beyond = "OneLong.value (expected: an integer of at most 64 bits with its sign)";
    assertRefused(beyond, OneLong.class, "1b8000000000000000");
    assertRefused(beyond, OneLong.class, "1bffffffffffffffff");
    assertRefused(beyond, OneLong.class, "3b8000000000000000");
    assertRefused(
        "Wide.a (expected: an integer of 32 bits)", Wide.class, "a4" + "6161" + "1a80000000");
    assertRefused(
        "Wide.a (expected: an integer of 32 bits)", Wide.class, "a4" + "6161" + "3a80000000");
  }

  @Test
  void a_length_or_count_beyond_the_input_is_refused_before_room_is_made() {
    String expected = " (expected: a length within the bytes that are there)";
    for (String length :
        List.of("02", "1a7fffffff", "1affffffff", "1b7fffffffffffffff", "1bffffffffffffffff")) {
      byte[] head = HEX.parseHex(length);
      assertRefused("OneText.value" + expected, OneText.class, head(3, head) + "61");
      assertRefused("OneArray.value" + expected, OneArray.class, head(2, head) + "61");
      assertRefused("OneList.value" + expected, OneList.class, head(4, head) + "01");
      assertRefused("Nothing" + expected, Nothing.class, head(5, head) + "61");
    }
  }

  @Test
  void an_input_cut_short_anywhere_is_refused() {
    byte[] form = RecordCodec.encode(new RecordGenerator(new Gen(9)).next(Batch.class));
    for (int length = 0; length < form.length; length++) {
      byte[] cut = Arrays.copyOf(form, length);
      assertThrows(MalformedRecordException.class, () -> RecordCodec.decode(Batch.class, cut));
    }
  }

  @Test
  void text_that_is_not_utf_8_is_refused_and_half_a_surrogate_pair_is_not_written() {
    for (String hex : List.of("61ff", "62c328", "63eda080", "62c0af", "64f4908080", "61c3")) {
      assertRefused("OneText.value (expected: well-formed UTF-8)", OneText.class, hex);
    }
    assertRefusedWhenWritten("text", new OneText("a\uD800"));
  }

  @Test
  void sixteen_levels_are_read_and_written_and_seventeen_are_not() {
    // A forest is one record and one list, so eight of them are sixteen levels.
    Forest deepest = new Forest(List.of());
    for (int i = 1; i < 8; i++) {
      deepest = new Forest(List.of(deepest));
    }
    assertForm("8181818181818180", deepest);
    assertRefusedWhenWritten("Forest", new Forest(List.of(deepest)));
    assertRefused(
        "Forest.trees (expected: nesting of at most 16)", Forest.class, "818181818181818180");
    assertRefused(
        "Forest.trees (expected: nesting of at most 16)", Forest.class, "81".repeat(100_000));
  }

  record Grove(Forest forest) {}

  @Test
  void a_list_counts_as_a_level_too() {
    Forest deepest = new Forest(List.of());
    for (int i = 1; i < 7; i++) {
      deepest = new Forest(List.of(deepest));
    }
    assertForm("81818181818180", new Grove(deepest));
    assertRefusedWhenWritten("Forest.trees", new Grove(new Forest(List.of(deepest))));
    assertRefused(
        "Forest.trees (expected: nesting of at most 16)", Grove.class, "8181818181818180");
  }

  record Endless(Endless again) {}

  @Test
  void a_record_that_can_only_contain_itself_ends_at_the_same_depth() {
    assertRefused("Endless.again (expected: nesting of at most 16)", Endless.class, "00");
  }

  @Test
  void an_unknown_constant_is_refused_and_not_repeated() {
    byte[] form = RecordCodec.encode(entry(Instant.EPOCH, Duration.ZERO));
    int at = new String(form, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("VERSION");
    form[at] = 'X';
    MalformedRecordException refusal =
        assertThrows(MalformedRecordException.class, () -> RecordCodec.decode(Entry.class, form));
    assertEquals("Entry.kind (expected: one of the 2 known words)", refusal.getMessage());
  }

  @Test
  void what_the_constructor_refuses_is_malformed_too() {
    assertRefused("Namespace (expected: values its own rules allow)", Namespace.class, "6144");
    assertRefused(
        "Positive (expected: values its own rules allow)",
        Positive.class,
        "a2656f7468657200666e756d62657200");
    byte[] form = RecordCodec.encode(new Maybe(new SecretName("D")));
    form[form.length - 1] = '/';
    assertRefused(
        "SecretName (expected: values its own rules allow)", Maybe.class, HEX.formatHex(form));
  }

  @Test
  void a_value_of_no_bytes_is_malformed() {
    byte[] form = RecordCodec.encode(entry(SecretValue.owning(new byte[] {5})));
    String hex = HEX.formatHex(form).replace("6576616c75654105", "6576616c756540");
    assertRefused("Entry.value (expected: a value of an allowed length)", Entry.class, hex);
  }

  record OneSeed(MaskSeed seed) {}

  record OneContribution(Contribution contribution) {}

  @Test
  void seeds_and_contributions_are_byte_strings_of_an_allowed_length() {
    byte[] seed = new byte[MaskSeed.BYTES];
    seed[31] = 1;
    assertForm("5820" + "00".repeat(31) + "01", new OneSeed(MaskSeed.owning(seed)));
    assertRefused("OneSeed.seed (expected: 32 bytes)", OneSeed.class, "4100");
    assertForm("420102", new OneContribution(Contribution.owning(new byte[] {1, 2})));
    assertRefused(
        "OneContribution.contribution (expected: an allowed length of a contribution)",
        OneContribution.class,
        "40");
  }

  record OneShare(Share share) {}

  @Test
  void a_share_is_its_x_and_its_bytes() {
    assertForm("43ff0102", new OneShare(Share.owning(255, new byte[] {1, 2})));
    assertRefused("OneShare.share (expected: x and the share's bytes)", OneShare.class, "40");
    String owned = "OneShare.share (expected: an allowed x and length of a share)";
    assertRefused(owned, OneShare.class, "4101");
    assertRefused(owned, OneShare.class, "420001");
  }

  record Leaky(SecretValue secret, int zero) {
    static final AtomicReference<SecretValue> SEEN = new AtomicReference<>();

    Leaky {
      SEEN.set(secret);
      if (zero != 0) {
        throw new IllegalArgumentException("zero (expected: 0)");
      }
    }
  }

  @Test
  void secrets_read_before_a_refusal_are_wiped() {
    record Lookalike(SecretValue secret, int zero) {}
    byte[] form = RecordCodec.encode(new Lookalike(SecretValue.owning(new byte[] {1, 2, 3}), 1));
    assertThrows(MalformedRecordException.class, () -> RecordCodec.decode(Leaky.class, form));
    assertArrayEquals(new byte[3], Leaky.SEEN.get().exposeCopy());
  }

  @Test
  void outgrown_buffers_are_wiped() throws ReflectiveOperationException {
    CborWriter writer = new CborWriter();
    var field = CborWriter.class.getDeclaredField("buffer");
    field.setAccessible(true);
    byte[] first = (byte[]) field.get(writer);
    byte[] content = new byte[500];
    Arrays.fill(content, (byte) 7);
    writer.byteString(content);
    assertEquals(7, first[100]);
    writer.byteString(content);
    writer.byteString(content);
    byte[] second = (byte[]) field.get(writer);
    assertArrayEquals(new byte[first.length], first);
    assertFalse(Arrays.equals(new byte[second.length], second));
    writer.wipe();
    assertArrayEquals(new byte[second.length], second);
  }

  record Unsupported(double number) {}

  record ListOfNullable(List<@Nullable String> texts) {}

  record Generic<T>(T value, int other) {}

  @Test
  void a_component_without_a_binary_form_is_a_bug() {
    for (Record record :
        List.of(new Unsupported(1), new ListOfNullable(List.of()), new Generic<>("a", 1))) {
      assertThrows(UnsupportedOperationException.class, () -> RecordCodec.encode(record));
      assertThrows(
          UnsupportedOperationException.class,
          () -> RecordCodec.decode(record.getClass(), new byte[] {1}));
    }
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller without these checks could do
  void a_null_that_is_not_allowed_is_not_written() {
    assertRefusedWhenWritten("OneText.value", new OneText(null));
    assertRefusedWhenWritten("Tree.children", new Tree("a", null));
    assertRefusedWhenWritten("Lists.a", new Lists(Arrays.asList(1, null), List.of()));
  }

  @Test
  void an_absent_component_is_null() {
    assertNull(RecordCodec.decode(Tree.class, HEX.parseHex("a1686368696c6472656e80")).label());
  }

  private static Entry entry(Instant validFrom, Duration age) {
    return new Entry(
        SecretId.of("demo", "A"),
        Kind.VERSION,
        1,
        validFrom,
        null,
        age,
        Bytes.copyOf(new byte[] {1}),
        null);
  }

  private static Entry entry(SecretValue value) {
    return new Entry(
        SecretId.of("demo", "A"),
        Kind.VERSION,
        1,
        Instant.EPOCH,
        null,
        Duration.ZERO,
        Bytes.copyOf(new byte[] {1}),
        value);
  }

  /// The head of another major type with the argument of an unsigned integer's head.
  private static String head(int major, byte[] unsigned) {
    byte[] head = unsigned.clone();
    head[0] |= (byte) (major << 5);
    return HEX.formatHex(head);
  }

  private static void assertForm(String hex, Record record) {
    assertEquals(hex, HEX.formatHex(RecordCodec.encode(record)));
    assertEquals(record, RecordCodec.decode(record.getClass(), HEX.parseHex(hex)));
  }

  private static void assertRefused(String message, Class<? extends Record> type, String hex) {
    byte[] input = HEX.parseHex(hex);
    MalformedRecordException refusal =
        assertThrows(MalformedRecordException.class, () -> RecordCodec.decode(type, input), hex);
    assertEquals(message, refusal.getMessage());
  }

  private static void assertRefusedWhenWritten(String where, Record record) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> RecordCodec.encode(record));
    assertTrue(String.valueOf(refusal.getMessage()).startsWith(where), refusal::toString);
  }
}
