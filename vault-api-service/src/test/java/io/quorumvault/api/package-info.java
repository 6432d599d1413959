@NullMarked
package io.quorumvault.api;

import org.jspecify.annotations.NullMarked;
