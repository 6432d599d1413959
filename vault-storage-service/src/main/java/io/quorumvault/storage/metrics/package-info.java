/// What a node tells those who watch it: its metrics, their names, and the budget of an operation.
/// Knows the node only by `NodeFacts`. What is a label has a fixed list of values.
@NullMarked
package io.quorumvault.storage.metrics;

import org.jspecify.annotations.NullMarked;
