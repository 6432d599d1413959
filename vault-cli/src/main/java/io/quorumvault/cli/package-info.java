/// `qv`, the command line: a dev cluster of real processes, and the vault's operations for people
/// and scripts.
///
/// This package holds what every command shares: the program itself, the terminal it talks to and
/// the way it fails. `client` speaks the public HTTP contract and nothing else; `dev` starts, stops
/// and looks after processes. Neither knows a class of the services.
///
/// Rules: results go to standard output, everything said to a person goes to standard error; a
/// value never comes from the command line and is never printed by anything but `get` and `env
/// open`.
@NullMarked
package io.quorumvault.cli;

import org.jspecify.annotations.NullMarked;
