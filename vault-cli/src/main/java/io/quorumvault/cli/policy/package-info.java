/// What a policy file permits, without a vault.
@NullMarked
package io.quorumvault.cli.policy;

import org.jspecify.annotations.NullMarked;
