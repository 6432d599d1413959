/// What is kept, and how it is named and wiped.
///
/// Values here are checked where they are made: a `Namespace`, a `SecretName` or a `SecretValue`
/// that exists is a valid one. May import the hallway (`io.quorumvault`) and the JDK.
@NullMarked
package io.quorumvault.secret;

import org.jspecify.annotations.NullMarked;
