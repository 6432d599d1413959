package io.quorumvault.dotenv;

/// What becomes of a task before anything is read or written: a plan, or all that is wrong with it.
public sealed interface EnvPlanning permits EnvPlan, EnvRefusal {}
