package io.quorumvault.api.http;

import io.helidon.http.RequestException;
import io.quorumvault.FailureCode;
import io.quorumvault.Limits;
import io.quorumvault.VaultFailure;
import io.quorumvault.api.Admission;
import io.quorumvault.api.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// The bytes of a request's body: read within its bounds, wiped when closed.
///
/// The length is bounded by `Limits.REQUEST_BYTES_MAX` before more is read, whether it was
/// announced or not; all bodies together by `Admission`.
final class Body implements AutoCloseable {
  /// What an unannounced body starts with; most are smaller.
  private static final int FIRST_BYTES = 8 << 10;

  private final Admission admission;
  private final long admittedBytes;
  private final byte[] bytes;
  private final int length;

  private Body(Admission admission, long admittedBytes, byte[] bytes, int length) {
    this.admission = admission;
    this.admittedBytes = admittedBytes;
    this.bytes = bytes;
    this.length = length;
  }

  /// @param announced the Content-Length, negative if there is none
  /// @throws VaultFailure 413 for a body that is too long, 429 if too many are being read, 504 if
  ///   it does not arrive before the deadline, 400 if it breaks off
  static Body read(InputStream in, long announced, Deadline deadline, Admission admission) {
    if (announced > Limits.REQUEST_BYTES_MAX) {
      throw tooLarge();
    }
    long admitted = announced < 0 ? Limits.REQUEST_BYTES_MAX : announced;
    if (!admission.takeBody(admitted)) {
      throw VaultFailure.of(FailureCode.RATE_LIMITED, "Too many large requests at once.");
    }
    boolean complete = false;
    byte[] buffer = new byte[announced < 0 ? FIRST_BYTES : (int) announced];
    int length = 0;
    try {
      while (true) {
        if (length == buffer.length) {
          // Full: either this was all, or the buffer must grow.
          int next = in.read();
          if (next < 0) {
            break;
          }
          buffer = grown(buffer);
          buffer[length++] = (byte) next;
        }
        int count = in.read(buffer, length, buffer.length - length);
        if (count < 0) {
          break;
        }
        length += count;
        if (deadline.passed()) {
          throw VaultFailure.of(FailureCode.DEADLINE_EXCEEDED, "The body did not arrive in time.");
        }
      }
      complete = true;
      return new Body(admission, admitted, buffer, length);
    } catch (VaultFailure | RequestException refused) {
      throw refused;
    } catch (IOException | RuntimeException broken) {
      // The web server's readers throw what they meet in broken chunks, of many kinds.
      throw VaultFailure.invalid("body", "body-incomplete", "A complete body.");
    } finally {
      if (!complete) {
        Arrays.fill(buffer, (byte) 0);
        admission.dropBody(admitted);
      }
    }
  }

  /// The bytes, valid until this is closed.
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
    admission.dropBody(admittedBytes);
  }

  private static byte[] grown(byte[] full) {
    if (full.length >= Limits.REQUEST_BYTES_MAX) {
      throw tooLarge();
    }
    byte[] larger =
        Arrays.copyOf(full, Math.min(Math.max(2 * full.length, 1), Limits.REQUEST_BYTES_MAX));
    Arrays.fill(full, (byte) 0);
    return larger;
  }

  private static VaultFailure tooLarge() {
    return VaultFailure.of(
        FailureCode.PAYLOAD_TOO_LARGE,
        "A request body holds at most " + Limits.REQUEST_BYTES_MAX + " bytes.");
  }
}
