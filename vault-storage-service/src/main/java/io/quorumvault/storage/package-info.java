/// One node of a cell: coordinator and participant with a disk.
///
/// Hosts are thin: they load, let the pure protocol step, persist, and only then send.
@NullMarked
package io.quorumvault.storage;

import org.jspecify.annotations.NullMarked;
