package io.quorumvault.wire;

import io.quorumvault.Bytes;
import io.quorumvault.sealing.Contribution;
import io.quorumvault.sealing.MaskSeed;
import io.quorumvault.secret.Namespace;
import io.quorumvault.secret.SecretName;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.sharing.Share;
import io.quorumvault.testing.Gen;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes records of any type from one seed: sizes and numbers lean to the edges.
final class RecordGenerator {
  private static final long[] EDGES = {
    0,
    1,
    -1,
    23,
    24,
    -24,
    -25,
    255,
    256,
    -256,
    -257,
    65_535,
    65_536,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 32,
    (1L << 32) - 1,
    -(1L << 32) - 1,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };
  private static final String[] TEXTS = {
    "",
    "a",
    "ü",
    "水",
    "\uD800\uDD51",
    "x".repeat(23),
    "x".repeat(24),
    "x".repeat(256),
    "\0\n\"",
    "é".repeat(200)
  };
  private static final int DEPTH_OF_LISTS = 4;

  private final Gen gen;

  RecordGenerator(Gen gen) {
    this.gen = gen;
  }

  <T extends Record> T next(Class<T> type) {
    return type.cast(record(type, 0));
  }

  private Object record(Class<?> type, int depth) {
    if (type == SecretName.class) {
      return new SecretName("N" + "a.b-c_".repeat(gen.below(20)));
    }
    if (type == Namespace.class) {
      return new Namespace("n" + "x".repeat(gen.below(62)));
    }
    if (type == SampleRecords.Positive.class) {
      return new SampleRecords.Positive(1 + gen.below(1000), (int) number());
    }
    try {
      RecordComponent[] components = type.getRecordComponents();
      @Nullable Object[] values = new @Nullable Object[components.length];
      Class<?>[] types = new Class<?>[components.length];
      for (int i = 0; i < values.length; i++) {
        types[i] = components[i].getType();
        values[i] = value(components[i].getAnnotatedType(), depth + 1);
      }
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type.toString(), e);
    }
  }

  private @Nullable Object value(AnnotatedType annotated, int depth) {
    if (annotated.isAnnotationPresent(Nullable.class) && gen.oneIn(3)) {
      return null;
    }
    if (annotated instanceof AnnotatedParameterizedType list) {
      AnnotatedType element = list.getAnnotatedActualTypeArguments()[0];
      int most = depth > DEPTH_OF_LISTS ? 1 : gen.oneIn(20) ? 30 : 4;
      return Stream.generate(() -> value(element, depth + 1)).limit(gen.below(most)).toList();
    }
    if (annotated.getType() instanceof ParameterizedType) {
      throw new AssertionError(annotated.toString());
    }
    Class<?> type = (Class<?>) annotated.getType();
    if (type.isRecord()) {
      return record(type, depth);
    }
    if (type.isSealed() && !type.isEnum()) {
      return record(gen.pick(type.getPermittedSubclasses()), depth);
    }
    if (type.isEnum()) {
      Object[] constants = type.getEnumConstants();
      return constants[gen.below(constants.length)];
    }
    return switch (type.getSimpleName()) {
      case "int", "Integer" -> (int) number();
      case "long", "Long" -> number();
      case "boolean", "Boolean" -> gen.oneIn(2);
      case "String" -> TEXTS[gen.below(TEXTS.length)];
      case "Instant" -> Instant.ofEpochMilli(number());
      case "Duration" -> Duration.ofMillis(number());
      case "Bytes" -> Bytes.copyOf(bytes(0));
      case "Share" -> Share.owning(gen.between(1, 255), bytes(1));
      case "MaskSeed" -> MaskSeed.owning(gen.bytes(MaskSeed.BYTES));
      case "Contribution" -> Contribution.owning(bytes(1));
      case "SecretValue" -> SecretValue.owning(bytes(1));
      default -> throw new AssertionError(type.toString());
    };
  }

  private long number() {
    return switch (gen.below(4)) {
      case 0 -> EDGES[gen.below(EDGES.length)];
      case 1 -> gen.nextLong();
      case 2 -> (int) gen.nextLong();
      default -> gen.below(1000) - 500;
    };
  }

  private byte[] bytes(int least) {
    return gen.bytes(least + (gen.oneIn(50) ? 70_000 : gen.below(40)));
  }
}
