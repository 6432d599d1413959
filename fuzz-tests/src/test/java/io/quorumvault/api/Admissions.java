package io.quorumvault.api;

import io.quorumvault.Limits;

/// Room for bodies that are read by themselves.
public final class Admissions {
  private static final Admission ROOMY =
      new Admission(4, 8L * Limits.REQUEST_BYTES_MAX, System::nanoTime);

  private Admissions() {}

  public static Admission roomy() {
    return ROOMY;
  }
}
