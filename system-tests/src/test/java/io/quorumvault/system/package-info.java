/// The product as its users meet it: real processes on real sockets and disks, started by the one
/// command that users start it with, killed with `kill -9`, and asked through the public API.
///
/// Nothing here can see a class of the services. `VaultCluster` starts and harms a cluster,
/// `VaultClient` talks to it, `Register` knows what its secret may hold at any time, and
/// `Linearizability` and `ImportAtomicity` judge what a `Recorder` noted of any clients. Tests wait
/// for conditions, never for time. All tests of one kind of cluster share one; names are never used
/// twice.
@NullMarked
package io.quorumvault.system;

import org.jspecify.annotations.NullMarked;
