package io.quorumvault.system;

import java.util.List;

/// A generated client that calls every operation of the contract, and provokes every failure that a
/// caller can.
interface ContractWalk {
  /// Calls that are made at once where it takes a crowd: more than the API has places for.
  int CROWD = 700;

  /// How often it is tried, a second apart, before a failure that does not come is given up.
  int ROUNDS_MAX = 60;

  /// Where a walk goes, and as whom.
  ///
  /// @param api without path
  /// @param token may do everything in `namespace`
  /// @param reader the token of somebody who may do hardly anything there
  /// @param prefix of the names that this walk may use
  record Route(String api, String namespace, String token, String reader, String prefix) {
    /// Without the tokens.
    @Override
    public String toString() {
      return api + " " + namespace + " " + prefix;
    }
  }

  /// @return all that was met
  /// @throws AssertionError when a call ends otherwise than it should
  List<Encounter> walk(WalkScene scene);
}
