/// The other nodes, as this one reaches them: the only room that knows the REST client.
@NullMarked
package io.quorumvault.storage.peers;

import org.jspecify.annotations.NullMarked;
