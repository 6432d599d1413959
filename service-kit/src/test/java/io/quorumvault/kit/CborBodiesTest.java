package io.quorumvault.kit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.secret.SecretValue;
import io.quorumvault.wire.MalformedRecordException;
import io.quorumvault.wire.RecordCodec;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CborBodiesTest {
  private static final Annotation[] NONE = {};

  record Message(String kind, List<SecretValue> values) {}

  record Text(String text, int number) {}

  private final CborBodies bodies = new CborBodies();

  @Test
  void a_record_comes_back_through_a_body() throws IOException {
    Message message = message(3);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    var headers = new MultivaluedHashMap<String, Object>();
    bodies.writeTo(
        message, Message.class, Message.class, NONE, CborBodies.CBOR_TYPE, headers, sent);
    assertArrayEquals(RecordCodec.encode(message), sent.toByteArray());
    assertEquals(message, received(sent.toByteArray(), null));
    assertEquals(message, received(sent.toByteArray(), "" + sent.size()));
  }

  @Test
  void only_records_and_only_cbor_are_ours() {
    MediaType json = MediaType.APPLICATION_JSON_TYPE;
    MediaType cbor = CborBodies.CBOR_TYPE;
    assertTrue(bodies.isReadable(Message.class, Message.class, NONE, cbor));
    assertTrue(bodies.isWriteable(Message.class, Message.class, NONE, cbor));
    assertFalse(bodies.isReadable(Message.class, Message.class, NONE, json));
    assertFalse(bodies.isWriteable(Message.class, Message.class, NONE, json));
    assertFalse(bodies.isReadable(String.class, String.class, NONE, cbor));
    assertFalse(bodies.isWriteable(List.class, List.class, NONE, cbor));
  }

  @Test
  void a_long_body_is_read_with_and_without_its_length() throws IOException {
    for (int values : List.of(1, 5, 8)) {
      Message message = largeMessage(values, 1_000_000);
      byte[] body = CborBodies.write(message);
      assertEquals(message, CborBodies.read(Message.class, dribbling(body), body.length));
      assertEquals(
          message, CborBodies.read(Message.class, dribbling(body), CborBodies.LENGTH_UNKNOWN));
    }
  }

  @Test
  void the_longest_body_passes_and_one_byte_more_does_not() throws IOException {
    int overhead =
        CborBodies.write(new Text("x".repeat(Limits.INTERNAL_BYTES_MAX / 2), 0)).length
            - Limits.INTERNAL_BYTES_MAX / 2;
    Text longest = new Text("x".repeat(Limits.INTERNAL_BYTES_MAX - overhead), 0);
    byte[] body = CborBodies.write(longest);
    assertEquals(Limits.INTERNAL_BYTES_MAX, body.length);
    assertEquals(longest, read(body, CborBodies.LENGTH_UNKNOWN));
    assertEquals(longest, read(body, body.length));

    Text tooLong = new Text("x".repeat(Limits.INTERNAL_BYTES_MAX - overhead + 1), 0);
    assertTooLarge(() -> CborBodies.write(tooLong));
    byte[] more = RecordCodec.encode(tooLong);
    assertTooLarge(() -> read(more, CborBodies.LENGTH_UNKNOWN));
    assertTooLarge(() -> read(more, more.length));
    assertTooLarge(() -> read(more, Long.MAX_VALUE));
  }

  @Test
  void a_body_without_end_is_read_to_its_bound_only() {
    Endless endless = new Endless();
    assertTooLarge(() -> CborBodies.read(Text.class, endless, CborBodies.LENGTH_UNKNOWN));
    assertTrue(endless.read <= Limits.INTERNAL_BYTES_MAX + 1, () -> endless.read + " bytes read");
    Endless announced = new Endless();
    assertTooLarge(() -> CborBodies.read(Text.class, announced, Limits.INTERNAL_BYTES_MAX + 1L));
    assertEquals(0, announced.read);
  }

  @Test
  void a_body_of_another_length_than_announced_is_refused() {
    byte[] body = CborBodies.write(new Text("a", 1));
    assertThrows(EOFException.class, () -> read(body, body.length + 1));
    assertThrows(VaultFailure.class, () -> read(body, body.length - 1));
  }

  @Test
  void a_length_that_is_no_number_is_counted_instead() throws IOException {
    Message message = message(1);
    assertEquals(message, received(CborBodies.write(message), "many"));
  }

  @Test
  void what_is_not_the_record_is_malformed() {
    assertThrows(MalformedRecordException.class, () -> read(new byte[0], -1));
    assertThrows(MalformedRecordException.class, () -> read(new byte[] {1}, 1));
  }

  @Test
  void the_array_that_was_sent_is_wiped_even_if_sending_fails() {
    KeepingOutput out = new KeepingOutput();
    assertThrows(
        IOException.class,
        () ->
            bodies.writeTo(
                message(1),
                Message.class,
                Message.class,
                NONE,
                CborBodies.CBOR_TYPE,
                new MultivaluedHashMap<>(),
                out));
    byte[] kept = out.kept;
    assertTrue(kept != null && Arrays.equals(new byte[kept.length], kept));
  }

  private static Message message(int values) {
    return largeMessage(values, 10);
  }

  private static Message largeMessage(int values, int bytes) {
    byte[] content = new byte[bytes];
    Arrays.fill(content, (byte) 7);
    return new Message(
        "kind", Stream.generate(() -> SecretValue.owning(content.clone())).limit(values).toList());
  }

  private Record received(byte[] body, @Nullable String length) throws IOException {
    var headers = new MultivaluedHashMap<String, String>();
    if (length != null) {
      headers.putSingle("Content-Length", length);
    }
    @SuppressWarnings("unchecked") // as JAX-RS does, which knows no class of records
    Class<Record> type = (Class<Record>) (Class<?>) Message.class;
    return bodies.readFrom(
        type, type, NONE, CborBodies.CBOR_TYPE, headers, new ByteArrayInputStream(body));
  }

  private static Text read(byte[] body, long length) throws IOException {
    return CborBodies.read(Text.class, new ByteArrayInputStream(body), length);
  }

  private interface Call {
    void run() throws IOException;
  }

  private static void assertTooLarge(Call call) {
    VaultFailure failure = assertThrows(VaultFailure.class, call::run);
    assertEquals(FailureCode.PAYLOAD_TOO_LARGE, failure.code());
  }

  /// As a socket does: what is asked for comes in pieces.
  private static InputStream dribbling(byte[] content) {
    return new FilterInputStream(new ByteArrayInputStream(content)) {
      @Override
      public int read(byte[] into, int at, int length) throws IOException {
        return super.read(into, at, Math.min(length, 1_009));
      }
    };
  }

  private static final class Endless extends InputStream {
    long read;

    @Override
    public int read() {
      read++;
      return 0x61;
    }

    @Override
    public int read(byte[] into, int at, int length) {
      read += length;
      return length;
    }
  }

  private static final class KeepingOutput extends OutputStream {
    byte @Nullable [] kept;

    @Override
    public void write(int single) throws IOException {
      throw new IOException("connection reset");
    }

    @Override
    public void write(byte[] content, int at, int length) throws IOException {
      kept = content;
      throw new IOException("connection reset");
    }
  }
}
