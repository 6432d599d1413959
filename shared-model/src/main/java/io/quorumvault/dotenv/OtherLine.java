package io.quorumvault.dotenv;

/// A line that is no assignment. It is copied and means nothing.
record OtherLine(int start, int end) implements Entry {}
