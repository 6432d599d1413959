package io.quorumvault.protocol;

/// A request on its way to one node.
///
/// @param round which round of the conversation it belongs to, so that late replies are told apart
public record Call(NodeId to, int round, Request request) {}
