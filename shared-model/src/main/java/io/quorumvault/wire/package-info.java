/// Bodies of the APIs where they differ from the domain's values, and the one binary form of all
/// records.
@NullMarked
package io.quorumvault.wire;

import org.jspecify.annotations.NullMarked;
