/// A cluster of real processes on this machine, for trying and testing.
///
/// Everything lives in one directory that only its owner can read: keys, certificates, policy, logs
/// and the nodes' data. The processes are found by a mark on their command line that names the
/// directory, never by a remembered process id alone, so that a reused id cannot get a stranger
/// killed.
@NullMarked
package io.quorumvault.cli.dev;

import org.jspecify.annotations.NullMarked;
