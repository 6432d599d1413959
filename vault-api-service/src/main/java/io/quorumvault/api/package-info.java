/// The front door: takes a caller's request, picks a coordinator and passes the request on.
///
/// Keeps nothing: no secret longer than its request, no disk, no decision about what exists. What
/// stands here between requests (which nodes answered lately, how the cell looked a second ago)
/// only makes answers faster; losing it costs nothing. `http` knows JAX-RS and calls the classes
/// here, `nodes` is the only caller of storage nodes.
@NullMarked
package io.quorumvault.api;

import org.jspecify.annotations.NullMarked;
