/// The vault's operations over its public HTTP contract, for people and scripts.
///
/// Values travel from the input's bytes to the request's bytes and back without becoming a String,
/// and arrays that held one are wiped. What the HTTP client and the collector keep for a moment is
/// beyond reach; the process ends right after. The text of a `.env` file is one only where its
/// references are looked for here, to compare versions or to run a program, which takes the place
/// of this one in memory.
///
/// What is wrong with a file is told as `FILE:LINE:COLUMN: VARIABLE: message (code)`, the form that
/// editors follow. A file is written as `PrivateFile` does: as a whole, for its owner, or not at
/// all.
///
/// Every write carries an Idempotency-Key, so repeating it is safe: the vault answers a repeated
/// key with the first outcome instead of writing twice.
@NullMarked
package io.quorumvault.cli.client;

import org.jspecify.annotations.NullMarked;
