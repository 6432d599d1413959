/// What both services share and what needs Jakarta or Helidon: who is calling, what the policy file
/// says, how nodes know each other, and the body form between them.
///
/// Files that change while a service runs (policy, signing keys, certificates) are read again by
/// themselves, and a file that cannot be read keeps the last good content in force. May import
/// `shared-model`, Jakarta and Helidon; neither service's classes.
@NullMarked
package io.quorumvault.kit;

import org.jspecify.annotations.NullMarked;
