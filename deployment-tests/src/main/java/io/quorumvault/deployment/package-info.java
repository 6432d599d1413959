/// Builds the container image.
@NullMarked
package io.quorumvault.deployment;

import org.jspecify.annotations.NullMarked;
