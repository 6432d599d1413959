package io.quorumvault.wire;

import org.jspecify.annotations.Nullable;

/// How a node is.
///
/// @param active whether it may speak, and its disk answers
/// @param shareMargin the least number of good shares beyond the threshold that a latest read
///   coordinated there met in the last minutes, negative if there were too few; null if there was
///   none
/// @param sharesLacking how many shares it found lacking and did not get back; null before it
///   looked
public record ConditionAnswer(
    boolean active, @Nullable Integer shareMargin, @Nullable Long sharesLacking) {}
