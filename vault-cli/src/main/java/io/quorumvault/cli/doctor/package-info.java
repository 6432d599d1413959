/// `qv doctor`: looks at what usually keeps `qv` from working, in the order in which one thing
/// needs the other, and says what to do next. Shows no token and changes nothing.
@org.jspecify.annotations.NullMarked
package io.quorumvault.cli.doctor;
