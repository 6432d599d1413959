package io.quorumvault.dotenv;

/// What becomes of a file once its values are known: the file, or all that is wrong with it.
public sealed interface Rendering permits RenderedFile, EnvRefusal {}
