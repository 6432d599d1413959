@NullMarked
package io.quorumvault.storage.audit;

import org.jspecify.annotations.NullMarked;
