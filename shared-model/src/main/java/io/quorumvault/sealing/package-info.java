/// From a value to shares that vouch for themselves, and back: payload, commitment, share digests,
/// and who lied.
///
/// What is split is not the value but a payload of 32 random bytes, the **blinding key**, and the
/// value. Beside its share every node keeps the `Seal`: a commitment to the value under the
/// blinding key, and one digest for each of the n shares. Both are safe to publish. Whoever holds
/// fewer than k shares faces 32 unknown random bytes in the payload and, with them, in every share
/// not held: neither the commitment nor a digest can be used to test a guess of the value, however
/// short the value is. (A plain hash of the value, or of a share of the bare value, would let k-1
/// nodes find a password by trying them all.)
///
/// The digests tell a good share from a bad one before joining, and so name the node that gave a
/// bad one. The commitment is the judge after joining: a value that was not sealed in exactly this
/// context is never returned.
///
/// Rules of this room: the only one of the core that knows `javax.crypto`; temporaries are wiped;
/// comparisons of digests take the same time wherever they differ. The JDK's digest and MAC objects
/// keep working state of their own until they are collected, which is out of our reach. May import
/// `secret`, `sharing` and the hallway.
///
/// Sources: HMAC, RFC 2104; SHA-256, FIPS 180-4. Naming the bad share by a published hash of each
/// share follows H. Krawczyk, "Distributed fingerprints and secure information dispersal", PODC
/// 1993.
@NullMarked
package io.quorumvault.sealing;

import org.jspecify.annotations.NullMarked;
