/// The node's audit log on its disk, and what it remembers of the logs of others.
///
/// Everything that is acknowledged here is on disk. What cannot be written is refused, soon: nobody
/// waits longer than `Limits.AUDIT_WAIT`.
@NullMarked
package io.quorumvault.storage.audit;

import org.jspecify.annotations.NullMarked;
