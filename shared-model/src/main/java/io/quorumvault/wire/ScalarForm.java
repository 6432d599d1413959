package io.quorumvault.wire;

import io.quorumvault.Bytes;
import io.quorumvault.sealing.Contribution;
import io.quorumvault.sealing.MaskSeed;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.sharing.Share;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The forms of values that hold no other values.
final class ScalarForm implements Form {
  private static final Map<Class<?>, Form> FORMS =
      Map.ofEntries(
          form(int.class, ScalarForm::writeInt, ScalarForm::readInt),
          form(Integer.class, ScalarForm::writeInt, ScalarForm::readInt),
          form(long.class, ScalarForm::writeLong, ScalarForm::readLong),
          form(Long.class, ScalarForm::writeLong, ScalarForm::readLong),
          form(boolean.class, ScalarForm::writeBoolean, ScalarForm::readBoolean),
          form(Boolean.class, ScalarForm::writeBoolean, ScalarForm::readBoolean),
          form(String.class, ScalarForm::writeText, ScalarForm::readText),
          form(Instant.class, ScalarForm::writeInstant, ScalarForm::readInstant),
          form(Duration.class, ScalarForm::writeDuration, ScalarForm::readDuration),
          form(byte[].class, ScalarForm::writeArray, ScalarForm::readArray),
          form(Bytes.class, ScalarForm::writeBytes, ScalarForm::readBytes),
          form(SecretValue.class, ScalarForm::writeSecretValue, ScalarForm::readSecretValue),
          form(Share.class, ScalarForm::writeShare, ScalarForm::readShare),
          form(MaskSeed.class, ScalarForm::writeMaskSeed, ScalarForm::readMaskSeed),
          form(Contribution.class, ScalarForm::writeContribution, ScalarForm::readContribution));

  private static final Instant INSTANT_MIN = Instant.ofEpochMilli(Long.MIN_VALUE);
  private static final Instant INSTANT_MAX = Instant.ofEpochMilli(Long.MAX_VALUE);
  private static final Duration DURATION_MIN = Duration.ofMillis(Long.MIN_VALUE);
  private static final Duration DURATION_MAX = Duration.ofMillis(Long.MAX_VALUE);

  private final Writing writing;
  private final Reading reading;

  private ScalarForm(Writing writing, Reading reading) {
    this.writing = writing;
    this.reading = reading;
  }

  /// The form of a type, or null if the type is not of this kind.
  static @Nullable Form of(Class<?> type) {
    return type.isEnum() ? new EnumForm(type) : FORMS.get(type);
  }

  @Override
  public void write(CborWriter out, Object value, String where, int depth) {
    writing.write(out, value, where);
  }

  @Override
  public Object read(CborReader in, String where, int depth) {
    return reading.read(in, where);
  }

  private static void writeInt(CborWriter out, Object value, String where) {
    out.integer((Integer) value);
  }

  private static Object readInt(CborReader in, String where) {
    long value = in.integer(where);
    if (value != (int) value) {
      throw new MalformedRecordException(where, "an integer of 32 bits");
    }
    return (int) value;
  }

  private static void writeLong(CborWriter out, Object value, String where) {
    out.integer((Long) value);
  }

  private static Object readLong(CborReader in, String where) {
    return in.integer(where);
  }

  private static void writeBoolean(CborWriter out, Object value, String where) {
    out.bool((Boolean) value);
  }

  private static Object readBoolean(CborReader in, String where) {
    return in.bool(where);
  }

  private static void writeText(CborWriter out, Object value, String where) {
    out.text((String) value);
  }

  private static Object readText(CborReader in, String where) {
    return in.text(where);
  }

  private static void writeInstant(CborWriter out, Object value, String where) {
    Instant instant = (Instant) value;
    if (instant.isBefore(INSTANT_MIN) || instant.isAfter(INSTANT_MAX)) {
      throw new IllegalArgumentException(where + " (expected: at most 64 bits of milliseconds)");
    }
    long millis = instant.toEpochMilli();
    if (!instant.equals(Instant.ofEpochMilli(millis))) {
      throw new IllegalArgumentException(where + " (expected: whole milliseconds)");
    }
    out.integer(millis);
  }

  private static Object readInstant(CborReader in, String where) {
    return Instant.ofEpochMilli(in.integer(where));
  }

  private static void writeDuration(CborWriter out, Object value, String where) {
    Duration duration = (Duration) value;
    if (duration.compareTo(DURATION_MIN) < 0 || duration.compareTo(DURATION_MAX) > 0) {
      throw new IllegalArgumentException(where + " (expected: at most 64 bits of milliseconds)");
    }
    long millis = duration.toMillis();
    if (!duration.equals(Duration.ofMillis(millis))) {
      throw new IllegalArgumentException(where + " (expected: whole milliseconds)");
    }
    out.integer(millis);
  }

  private static Object readDuration(CborReader in, String where) {
    return Duration.ofMillis(in.integer(where));
  }

  private static void writeArray(CborWriter out, Object value, String where) {
    out.byteString((byte[]) value);
  }

  private static Object readArray(CborReader in, String where) {
    return in.secretContent(in.byteStringLength(where));
  }

  private static void writeBytes(CborWriter out, Object value, String where) {
    out.byteString(((Bytes) value).toArray());
  }

  private static Object readBytes(CborReader in, String where) {
    return Bytes.copyOf(in.byteString(where));
  }

  private static void writeSecretValue(CborWriter out, Object value, String where) {
    byte[] exposed = ((SecretValue) value).exposeCopy();
    try {
      out.byteString(exposed);
    } finally {
      Arrays.fill(exposed, (byte) 0);
    }
  }

  private static Object readSecretValue(CborReader in, String where) {
    byte[] content = in.secretContent(in.byteStringLength(where));
    try {
      return SecretValue.owning(content);
    } catch (IllegalArgumentException refusal) {
      throw new MalformedRecordException(where, "a value of an allowed length", refusal);
    }
  }

  private static void writeShare(CborWriter out, Object value, String where) {
    Share share = (Share) value;
    byte[] exposed = share.exposeCopy();
    try {
      out.head(CborWriter.BYTE_STRING, 1L + exposed.length);
      out.rawByte(share.x());
      out.raw(exposed);
    } finally {
      Arrays.fill(exposed, (byte) 0);
    }
  }

  private static Object readShare(CborReader in, String where) {
    int length = in.byteStringLength(where);
    if (length == 0) {
      throw new MalformedRecordException(where, "x and the share's bytes");
    }
    int x = in.contentByte();
    byte[] content = in.secretContent(length - 1);
    try {
      return Share.owning(x, content);
    } catch (IllegalArgumentException refusal) {
      throw new MalformedRecordException(where, "an allowed x and length of a share", refusal);
    }
  }

  private static void writeMaskSeed(CborWriter out, Object value, String where) {
    byte[] exposed = ((MaskSeed) value).exposeCopy();
    try {
      out.byteString(exposed);
    } finally {
      Arrays.fill(exposed, (byte) 0);
    }
  }

  private static Object readMaskSeed(CborReader in, String where) {
    byte[] content = in.secretContent(in.byteStringLength(where));
    try {
      return MaskSeed.owning(content);
    } catch (IllegalArgumentException refusal) {
      throw new MalformedRecordException(where, MaskSeed.BYTES + " bytes", refusal);
    }
  }

  private static void writeContribution(CborWriter out, Object value, String where) {
    byte[] exposed = ((Contribution) value).exposeCopy();
    try {
      out.byteString(exposed);
    } finally {
      Arrays.fill(exposed, (byte) 0);
    }
  }

  private static Object readContribution(CborReader in, String where) {
    byte[] content = in.secretContent(in.byteStringLength(where));
    try {
      return Contribution.owning(content);
    } catch (IllegalArgumentException refusal) {
      throw new MalformedRecordException(where, "an allowed length of a contribution", refusal);
    }
  }

  private static Map.Entry<Class<?>, Form> form(Class<?> type, Writing writing, Reading reading) {
    return Map.entry(type, new ScalarForm(writing, reading));
  }

  private interface Writing {
    void write(CborWriter out, Object value, String where);
  }

  private interface Reading {
    Object read(CborReader in, String where);
  }
}
