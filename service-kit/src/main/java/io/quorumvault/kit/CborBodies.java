package io.quorumvault.kit;

import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.wire.MalformedRecordException;
import io.quorumvault.wire.RecordCodec;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.MessageBodyWriter;
import jakarta.ws.rs.ext.Provider;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Records as bodies of type `application/cbor`, in the one binary form of `RecordCodec`: what
/// nodes and API servers send each other.
///
/// No body is longer than `Limits.INTERNAL_BYTES_MAX`, whichever way it goes; beyond it reading
/// stops with a `VaultFailure` PAYLOAD_TOO_LARGE. A body that is not the record is a
/// `MalformedRecordException`. Bodies carry values and shares, so every array used on the way is
/// wiped. Stateless, safe for use by several threads.
@Provider
@Consumes(CborBodies.CBOR)
@Produces(CborBodies.CBOR)
public final class CborBodies implements MessageBodyReader<Record>, MessageBodyWriter<Record> {
  /// RFC 8949, section 9.3.
  public static final String CBOR = "application/cbor";

  public static final MediaType CBOR_TYPE = new MediaType("application", "cbor");

  /// `readFrom` without a length to go by.
  public static final long LENGTH_UNKNOWN = -1;

  private static final int FIRST_BYTES = 16 << 10;

  /// Reads all of `in` as one record. The stream stays open.
  ///
  /// @param length bytes there must be, or `LENGTH_UNKNOWN`
  /// @throws EOFException if there are fewer
  /// @throws VaultFailure PAYLOAD_TOO_LARGE if there are more than that or than the bound; before
  ///   anything is read if the length says so
  /// @throws MalformedRecordException if the bytes are not such a record
  public static <T extends Record> T read(Class<T> type, InputStream in, long length)
      throws IOException {
    if (length > Limits.INTERNAL_BYTES_MAX) {
      throw tooLarge();
    }
    byte[] body = length >= 0 ? exactly((int) length, in) : all(in);
    try {
      return RecordCodec.decode(type, body);
    } finally {
      wipe(body);
    }
  }

  /// The bytes of a body, which belong to the caller, who wipes them after sending.
  ///
  /// @throws VaultFailure PAYLOAD_TOO_LARGE if no peer would take it
  public static byte[] write(Record value) {
    byte[] body = RecordCodec.encode(value);
    if (body.length > Limits.INTERNAL_BYTES_MAX) {
      wipe(body);
      throw tooLarge();
    }
    return body;
  }

  @Override
  public boolean isReadable(
      Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
    return type.isRecord() && CBOR_TYPE.isCompatible(mediaType);
  }

  @Override
  public Record readFrom(
      Class<Record> type,
      Type genericType,
      Annotation[] annotations,
      MediaType mediaType,
      MultivaluedMap<String, String> headers,
      InputStream in)
      throws IOException {
    return read(type, in, length(headers.getFirst("Content-Length")));
  }

  @Override
  public boolean isWriteable(
      Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
    return type.isRecord() && CBOR_TYPE.isCompatible(mediaType);
  }

  @Override
  public void writeTo(
      Record value,
      Class<?> type,
      Type genericType,
      Annotation[] annotations,
      MediaType mediaType,
      MultivaluedMap<String, Object> headers,
      OutputStream out)
      throws IOException {
    byte[] body = write(value);
    try {
      out.write(body);
    } finally {
      wipe(body);
    }
  }

  private static long length(@Nullable String header) {
    try {
      return header == null ? LENGTH_UNKNOWN : Long.parseLong(header);
    } catch (NumberFormatException _) {
      return LENGTH_UNKNOWN; // then what arrives is counted
    }
  }

  private static byte[] exactly(int length, InputStream in) throws IOException {
    byte[] body = new byte[length];
    int read = in.readNBytes(body, 0, length);
    if (read < length) {
      wipe(body);
      throw new EOFException("the body ended after " + read + " of " + length + " bytes");
    }
    int more = in.read();
    if (more >= 0) {
      wipe(body);
      throw tooLarge();
    }
    return body;
  }

  private static byte[] all(InputStream in) throws IOException {
    byte[] body = new byte[FIRST_BYTES];
    int length = 0;
    while (true) {
      length += in.readNBytes(body, length, body.length - length);
      if (length < body.length) {
        return shortened(body, length);
      }
      if (length > Limits.INTERNAL_BYTES_MAX) {
        wipe(body);
        throw tooLarge();
      }
      byte[] grown = Arrays.copyOf(body, Math.min(2 * length, Limits.INTERNAL_BYTES_MAX + 1));
      wipe(body);
      body = grown;
    }
  }

  private static byte[] shortened(byte[] body, int length) {
    byte[] shorter = Arrays.copyOf(body, length);
    wipe(body);
    return shorter;
  }

  private static void wipe(byte[] body) {
    Arrays.fill(body, (byte) 0);
  }

  private static VaultFailure tooLarge() {
    return VaultFailure.of(
        FailureCode.PAYLOAD_TOO_LARGE,
        "The message is longer than " + Limits.INTERNAL_BYTES_MAX + " bytes; send less at once.");
  }
}
