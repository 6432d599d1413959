@NullMarked
package io.quorumvault.storage.metrics;

import org.jspecify.annotations.NullMarked;
