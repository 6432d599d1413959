package io.quorumvault.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.testing.Gen;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// Damaged forms of generated records: each is either refused as malformed, or is itself the one
/// form of the record it is read as.
class RecordFuzzTest {
  private static final int INPUTS = 1_000_000;
  private static final long SEED = 20_261_101;
  private static final int MUTATIONS_PER_RECORD = 200;

  @Test
  void a_million_damaged_inputs_are_refused_as_malformed_or_are_canonical() {
    Gen gen = new Gen(SEED);
    RecordGenerator generator = new RecordGenerator(gen);
    int read = 0;
    int refusals = 0;
    for (int done = 0; done < INPUTS; done += MUTATIONS_PER_RECORD) {
      var type = gen.pick(SampleRecords.ALL);
      byte[] form = RecordCodec.encode(generator.next(type));
      if (form.length > 2_000) {
        form = Arrays.copyOf(form, 2_000); // long strings cost time and teach nothing
      }
      for (int i = 0; i < MUTATIONS_PER_RECORD; i++) {
        byte[] input = mutated(form, gen);
        try {
          Record record = RecordCodec.decode(type, input);
          read++;
          assertArrayEquals(input, RecordCodec.encode(record));
        } catch (MalformedRecordException refused) {
          refusals++;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError bug) {
          throw new AssertionError(type + " from " + HexFormat.of().formatHex(input), bug);
        }
      }
    }
    assertTrue(read > INPUTS / 100, "too few inputs were still readable: " + read);
    assertTrue(refusals > INPUTS / 2, "too few inputs were refused: " + refusals);
  }

  private static byte[] mutated(byte[] form, Gen gen) {
    byte[] input = form.clone();
    for (int times = 1 + gen.below(3); times > 0; times--) {
      int length = input.length;
      int at = length == 0 ? 0 : gen.below(length);
      switch (gen.below(6)) {
        case 0 -> input = Arrays.copyOf(input, at);
        case 1 -> input = Arrays.copyOf(input, length + 1 + gen.below(3));
        case 2 -> input = spliced(input, at, gen);
        case 3 -> {
          if (length > 0) {
            input[at] ^= (byte) (1 << gen.below(8));
          }
        }
        case 4 -> {
          if (length > 0) {
            input[at] = (byte) gen.below(256);
          }
        }
        default -> {
          if (length > 0) {
            input[at]++;
          }
        }
      }
    }
    return input;
  }

  /// A piece of the input written over another place of it: keys and heads where others belong.
  private static byte[] spliced(byte[] input, int at, Gen gen) {
    byte[] result = input.clone();
    int length = Math.min(gen.below(12), input.length - at);
    int to = gen.below(input.length - length + 1);
    System.arraycopy(input, at, result, to, length);
    return result;
  }
}
