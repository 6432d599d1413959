/// Reaches what `qv dev` makes its keys with.
@NullMarked
package io.quorumvault.cli.dev;

import org.jspecify.annotations.NullMarked;
