/// What goes around a stored share: the envelope that says what it is and shows that it is whole.
///
/// May import the hallway, `wire` and the JDK.
@NullMarked
package io.quorumvault.record;

import org.jspecify.annotations.NullMarked;
