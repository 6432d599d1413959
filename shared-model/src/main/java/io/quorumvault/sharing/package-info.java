/// Shamir's secret sharing over GF(2^8): split, combine, and the share at a given x.
///
/// A secret of any length is split byte by byte. Each byte is the constant term of a polynomial of
/// degree k-1 whose other coefficients are random and used once; the share at x is the value of all
/// those polynomials at x. Any k points fix the polynomials, and k-1 points fit every secret
/// equally well: that holds against unlimited computing power, and only while the coefficients are
/// truly random.
///
/// Rules of this room: no branch and no table look-up depends on a secret byte; shares are wiped
/// when closed; nothing here can tell a right join from a wrong one, that is what `sealing` is for.
/// May import the hallway (`io.quorumvault`) and the JDK without its ciphers.
///
/// Source: A. Shamir, "How to share a secret", Communications of the ACM 22(11), 1979. The field is
/// the one of FIPS 197 (AES).
@NullMarked
package io.quorumvault.sharing;

import org.jspecify.annotations.NullMarked;
