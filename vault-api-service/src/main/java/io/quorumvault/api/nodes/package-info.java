/// The storage nodes as seen from here: one MicroProfile REST client each, over mutual TLS, and the
/// memory of which of them failed lately.
@NullMarked
package io.quorumvault.api.nodes;

import org.jspecify.annotations.NullMarked;
