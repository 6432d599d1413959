/// The public contract: bytes to values, outcomes to status codes, every failure to one problem
/// document (RFC 9457).
///
/// Nothing the caller sent is repeated in a failure. Checks come in one order: path and method,
/// size, token, policy, the rest of the request; so a caller without permission learns nothing but
/// that.
@NullMarked
package io.quorumvault.api.http;

import org.jspecify.annotations.NullMarked;
