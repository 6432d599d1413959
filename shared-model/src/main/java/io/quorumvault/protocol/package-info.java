/// Who votes, who decides, what follows a crash. Knows no clock, thread, file or socket; carries
/// shares and never opens one.
@NullMarked
package io.quorumvault.protocol;

import org.jspecify.annotations.NullMarked;
