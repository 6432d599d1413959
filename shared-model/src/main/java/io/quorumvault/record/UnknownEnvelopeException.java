package io.quorumvault.record;

/// An envelope this program cannot judge: of a version or digest it does not know, most likely
/// written by a newer one. Unlike damage it must never be repaired over; the operator has to run a
/// program that knows it. Trying again does not help.
public final class UnknownEnvelopeException extends RuntimeException {
  UnknownEnvelopeException(String message) {
    super(message);
  }
}
