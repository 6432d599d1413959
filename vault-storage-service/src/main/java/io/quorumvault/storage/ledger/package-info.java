/// The durable state of one node: entities on one HSQLDB file, and beside it a file of keys.
///
/// `Ledger` is all the rest of the service sees. It answers the protocol's questions (`NodeView`)
/// and applies its changes; what it acknowledged is on disk. The only package that knows JPA, and
/// no entity leaves it.
///
/// What HSQLDB 2.7 does not promise, and what is done about it:
///
/// | HSQLDB | here |
/// |---|---|
/// | a commit is not synced by default | `hsqldb.write_delay=false`, read back at every start |
/// | a failed sync or a full disk is only logged, and the commit succeeds | the log events of the database stop the ledger before the commit returns; after each commit the log must have grown; a floor of free space refuses new shares early |
/// | the first commit after opening and after a checkpoint is lost by a power cut, because the rename that says "there is a log" is not synced | a commit of our own and a sync of the directory come before anything is acknowledged |
/// | a power cut during creation leaves a database that does not open | a database is created under another name and renamed when it is complete |
/// | deleted rows stay readable in the files | every share is encrypted under its own key, and destroying is overwriting the key |
/// | space of deleted rows is never used again | `SET FILES SPACE` when the database is created |
/// | flipped bits open without an error | every row carries a checksum |
/// | a shortened log loses its last commits silently | a commit number is kept outside the database too; a database that is behind it must join again |
///
/// Sources: the HSQLDB user guide, "Deployment and management" and "Properties"; AES-GCM, NIST SP
/// 800-38D; crypto-shredding after Reardon, Basin and Capkun, "SoK: Secure Data Deletion", 2013.
@NullMarked
package io.quorumvault.storage.ledger;

import org.jspecify.annotations.NullMarked;
