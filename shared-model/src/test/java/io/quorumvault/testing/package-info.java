/// Tools of the tests: generated cases that can be played again.
@NullMarked
package io.quorumvault.testing;

import org.jspecify.annotations.NullMarked;
