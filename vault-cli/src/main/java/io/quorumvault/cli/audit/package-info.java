/// Audit logs as files, without a vault.
@NullMarked
package io.quorumvault.cli.audit;

import org.jspecify.annotations.NullMarked;
