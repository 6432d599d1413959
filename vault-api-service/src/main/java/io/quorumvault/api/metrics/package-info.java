/// What an API server tells those who watch it: its metrics and their names. What is a label has a
/// fixed list of values.
@NullMarked
package io.quorumvault.api.metrics;

import org.jspecify.annotations.NullMarked;
