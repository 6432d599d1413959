/// What was asked of the vault and what came of it, as a chain of records that shows when one of
/// them was altered, removed, added or moved.
///
/// A record is one line of ASCII. Its hash covers all of it, the hash of the record before it
/// included (Schneier and Kelsey, "Secure audit logs to support computer forensics", ACM TISSEC
/// 2(2), 1999, without its keys: whoever holds the node holds its keys as well). A chain alone
/// cannot show that its end was cut off; an `Anchor` kept elsewhere can.
///
/// May import the hallway, `secret`, the `NodeId` of `protocol`, and the JDK. Holds no secret:
/// there is no member that could take one.
@NullMarked
package io.quorumvault.audit;

import org.jspecify.annotations.NullMarked;
