package io.quorumvault.protocol;

/// Numbers the rounds of a conversation and of the conversations inside it.
final class RoundNumbers {
  private int last;

  int next() {
    last++;
    return last;
  }
}
