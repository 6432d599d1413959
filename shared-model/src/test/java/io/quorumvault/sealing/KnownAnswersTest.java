package io.quorumvault.sealing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.Bytes;
import io.quorumvault.secret.SecretId;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.secret.ValueEncoding;
import io.quorumvault.sharing.Shamir;
import io.quorumvault.sharing.Share;
import io.quorumvault.sharing.Threshold;
import io.quorumvault.testing.ScriptedRandom;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The byte forms that must outlive every release, held against answers that were computed without
/// this code: `src/test/vectors/vectors.py` wrote them.
final class KnownAnswersTest {
  /// One known answer: its fields by name.
  record Answer(Map<String, String> fields) {
    String text(String name) {
      return Optional.ofNullable(fields.get(name))
          .orElseThrow(() -> new AssertionError("no " + name + " in " + this));
    }

    int number(String name) {
      return Integer.parseInt(text(name));
    }

    byte[] bytes(String name) {
      return HexFormat.of().parseHex(text(name));
    }

    List<String> texts(String name) {
      return List.of(text(name).split(",", -1));
    }

    List<byte[]> lines(String name) {
      return texts(name).stream().map(HexFormat.of()::parseHex).toList();
    }

    List<Integer> numbers(String name) {
      return texts(name).stream().map(Integer::valueOf).toList();
    }

    Threshold threshold() {
      return new Threshold(number("k"), number("n"));
    }

    SealingContext context() {
      return new SealingContext(
          text("cell"), SecretId.of(text("namespace"), text("name")), text("write"), threshold());
    }

    /// @param points where the shares of the field `shares` are
    Share share(int index, List<Integer> points) {
      return Share.owning(points.get(index), lines("shares").get(index));
    }

    @Override
    public String toString() {
      return fields.get("kind") + " " + fields.get("k") + " of " + fields.get("n");
    }
  }

  static Stream<Answer> splits() throws IOException {
    return answers("split", 9);
  }

  static Stream<Answer> seals() throws IOException {
    return answers("seal", 3);
  }

  static Stream<Answer> masks() throws IOException {
    return answers("masks", 3);
  }

  @ParameterizedTest
  @MethodSource("splits")
  void a_split_gives_the_known_shares(Answer known) {
    ScriptedRandom random = new ScriptedRandom(known.lines("coefficients").toArray(byte[][]::new));
    List<Share> shares = Shamir.split(known.bytes("secret"), known.threshold(), random);
    assertEquals(known.texts("shares"), shares.stream().map(KnownAnswersTest::hex).toList());
    assertTrue(random.exhausted());
  }

  @ParameterizedTest
  @MethodSource("splits")
  void known_shares_give_the_known_secret_and_each_other(Answer known) {
    List<byte[]> lines = known.lines("shares");
    List<Share> some =
        known.numbers("points").stream().map(x -> Share.owning(x, lines.get(x - 1))).toList();
    assertArrayEquals(known.bytes("secret"), Shamir.combine(some, known.threshold()));
    for (int x = 1; x <= known.number("n"); x++) {
      assertEquals(
          known.texts("shares").get(x - 1), hex(Shamir.shareAt(x, some, known.threshold())));
    }
  }

  @ParameterizedTest
  @MethodSource("seals")
  void a_sealing_gives_the_known_commitment_digests_and_shares(Answer known) {
    ScriptedRandom random =
        new ScriptedRandom(
            Stream.concat(Stream.of(known.bytes("key")), known.lines("coefficients").stream())
                .toArray(byte[][]::new));
    try (SecretValue value = SecretValue.owning(known.bytes("value"));
        Sealed sealed = new Sealer(random).seal(known.context(), value, encoding(known))) {
      assertEquals(seal(known), sealed.seal());
      assertEquals(
          known.texts("shares"), sealed.shares().stream().map(KnownAnswersTest::hex).toList());
    }
    assertTrue(random.exhausted());
  }

  @ParameterizedTest
  @MethodSource("seals")
  void what_was_sealed_long_ago_still_opens(Answer known) {
    Sealer sealer = new Sealer(new ScriptedRandom());
    List<byte[]> lines = known.lines("shares");
    List<Share> last =
        Stream.iterate(known.number("n"), x -> x - 1)
            .limit(known.number("k"))
            .map(x -> Share.owning(x, lines.get(x - 1)))
            .toList();
    try (Opened opened = sealer.open(known.context(), seal(known), last)) {
      assertArrayEquals(known.bytes("value"), opened.value().exposeCopy());
    }
    assertEquals(
        known.texts("shares").getFirst(),
        hex(sealer.repair(known.context(), seal(known), last, 1)));
  }

  @ParameterizedTest
  @MethodSource("masks")
  void masked_contributions_are_the_known_ones_and_add_up_to_the_known_share(Answer known) {
    List<Integer> helpers = known.numbers("helpers");
    MaskingContext context =
        new MaskingContext(
            known.context(),
            known.number("seq"),
            Long.parseLong(known.text("session")),
            known.number("x"),
            helpers);
    try (ContributionSum sum = new ContributionSum(known.bytes("share").length)) {
      for (int i = 0; i < helpers.size(); i++) {
        Contribution given =
            Contribution.of(context, known.share(i, helpers), seedsOf(helpers.get(i), known));
        assertEquals(
            known.texts("contributions").get(i), HexFormat.of().formatHex(given.exposeCopy()));
        assertTrue(sum.add(given));
      }
      assertEquals(known.text("share"), hex(sum.toShare(context.x())));
    }
  }

  private static Map<Integer, MaskSeed> seedsOf(int helper, Answer known) {
    Map<Integer, MaskSeed> seeds = new HashMap<>();
    List<String> pairs = known.texts("pairs");
    for (int i = 0; i < pairs.size(); i++) {
      List<Integer> pair =
          Arrays.stream(pairs.get(i).split("-", -1)).map(Integer::valueOf).toList();
      if (pair.contains(helper)) {
        int other = pair.getFirst() == helper ? pair.getLast() : pair.getFirst();
        seeds.put(other, MaskSeed.owning(known.lines("seeds").get(i)));
      }
    }
    return seeds;
  }

  private static Seal seal(Answer known) {
    return new Seal(
        known.threshold(),
        known.lines("shares").getFirst().length,
        Bytes.copyOf(known.bytes("commitment")),
        known.lines("digests").stream().map(Bytes::copyOf).toList(),
        encoding(known));
  }

  private static ValueEncoding encoding(Answer known) {
    return Arrays.stream(ValueEncoding.values())
        .filter(encoding -> encoding.text().equals(known.text("encoding")))
        .findFirst()
        .orElseThrow();
  }

  private static String hex(Share share) {
    return HexFormat.of().formatHex(share.exposeCopy());
  }

  /// @param count how many there must be: a file that is not read passes every test
  private static Stream<Answer> answers(String kind, int count) throws IOException {
    List<Answer> answers =
        Arrays.stream(file().split("\n\n", -1))
            .filter(block -> !block.startsWith("#"))
            .map(KnownAnswersTest::answer)
            .filter(answer -> answer.text("kind").equals(kind))
            .toList();
    assertEquals(count, answers.size(), kind);
    return answers.stream();
  }

  private static Answer answer(String block) {
    Map<String, String> fields = new HashMap<>();
    for (String line : block.strip().split("\n", -1)) {
      String[] parts = line.split(": ", 2);
      fields.put(parts[0], parts[1]);
    }
    return new Answer(fields);
  }

  private static String file() throws IOException {
    try (InputStream file = KnownAnswersTest.class.getResourceAsStream("known-answers.txt")) {
      if (file == null) {
        throw new AssertionError("no known answers");
      }
      return new String(file.readAllBytes(), US_ASCII);
    }
  }
}
