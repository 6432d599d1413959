@NullMarked
package io.quorumvault.storage.peers;

import org.jspecify.annotations.NullMarked;
