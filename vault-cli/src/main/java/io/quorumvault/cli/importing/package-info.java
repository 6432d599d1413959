/// What other secret stores export, read for `qv import`: which secrets a file holds, under which
/// names of ours, and what of it cannot be one. Values are bytes that are wiped, never Strings.
@NullMarked
package io.quorumvault.cli.importing;

import org.jspecify.annotations.NullMarked;
