/// What the fuzz tests share. Each of them stands in the package of what it feeds.
@NullMarked
package io.quorumvault.fuzz;

import org.jspecify.annotations.NullMarked;
