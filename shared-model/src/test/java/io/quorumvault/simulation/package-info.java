/// A whole cell in one thread: one seed drives clock, network, disks, crashes and clients, over
/// exactly the classes the services run.
@NullMarked
package io.quorumvault.simulation;

import org.jspecify.annotations.NullMarked;
