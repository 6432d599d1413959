/// Erasure receipts, looked at without a vault.
@NullMarked
package io.quorumvault.cli.receipt;

import org.jspecify.annotations.NullMarked;
