@NullMarked
package io.quorumvault.storage.ledger;

import org.jspecify.annotations.NullMarked;
