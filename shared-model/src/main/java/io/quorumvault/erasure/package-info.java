/// Erasure receipts: what a node says of a secret that it has destroyed, how that is signed, and
/// how anybody who trusts the cell's authority finds out, without a vault, whether enough nodes
/// said so.
///
/// Everything here is a function of its arguments: who asks, what is on a disk and which key signs
/// is for the services.
@NullMarked
package io.quorumvault.erasure;

import org.jspecify.annotations.NullMarked;
