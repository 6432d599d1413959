/// What is read at the edge, by itself.
@NullMarked
package io.quorumvault.api.http;

import org.jspecify.annotations.NullMarked;
