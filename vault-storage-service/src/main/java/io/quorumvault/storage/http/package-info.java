/// Bytes to requests, outcomes to statuses: what a node answers over HTTP, to whom.
@NullMarked
package io.quorumvault.storage.http;

import org.jspecify.annotations.NullMarked;
