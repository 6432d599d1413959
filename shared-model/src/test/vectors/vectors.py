"""Writes known-answers.txt: what splitting, sealing and masking give, computed without the vault.

    python3 shared-model/src/test/vectors/vectors.py \
        > shared-model/src/test/resources/io/quorumvault/sealing/known-answers.txt

Shares no line with the vault: the field is multiplied and divided as on paper, joining is Lagrange's
formula as it is written, ChaCha20 is RFC 8439 written out. SHA-256 and HMAC are Python's. The first
lines of main() check field and cipher against their standards.

What the file says is how records on disks and messages on wires look. A change of it means that old
shares no longer open: it needs a new label and a migration, not a new file.
"""
import hashlib
import hmac
import itertools


def times(a, b):
    product = 0
    for i in range(8):
        if b >> i & 1:
            product ^= a << i
    for degree in range(14, 7, -1):
        if product >> degree & 1:
            product ^= 0x11b << (degree - 8)
    return product


def over(a, b):
    return next(quotient for quotient in range(256) if times(quotient, b) == a)


def power(x, exponent):
    result = 1
    for _ in range(exponent):
        result = times(result, x)
    return result


def split(secret, coefficients, n):
    shares = []
    for x in range(1, n + 1):
        share = bytearray(secret)
        for degree, line in enumerate(coefficients, start=1):
            for i, coefficient in enumerate(line):
                share[i] ^= times(coefficient, power(x, degree))
        shares.append(bytes(share))
    return shares


def lagrange(points, own, x):
    """What the share at `own` is multiplied with to give the value at `x`."""
    weight = 1
    for other in points:
        if other != own:
            weight = times(weight, over(x ^ other, own ^ other))
    return weight


def at(x, shares, points):
    """The value at `x` of the polynomial through the shares at these points."""
    value = bytearray(len(shares[0]))
    for own in points:
        for i, byte in enumerate(shares[own - 1]):
            value[i] ^= times(lagrange(points, own, x), byte)
    return bytes(value)


def chacha20(key, length):
    """The key stream of a nonce of zeros from block 0 on (RFC 8439, section 2.3)."""
    def rotated(word, by):
        return (word << by | word >> (32 - by)) & 0xffffffff

    def quarter(s, a, b, c, d):
        for p, q, r, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[p] = (s[p] + s[q]) & 0xffffffff
            s[r] = rotated(s[r] ^ s[p], by)

    stream = b""
    for block in itertools.count():
        if len(stream) >= length:
            return stream[:length]
        start = b"expand 32-byte k" + key + block.to_bytes(4, "little") + bytes(12)
        words = [int.from_bytes(start[i:i + 4], "little") for i in range(0, 64, 4)]
        state = list(words)
        for _ in range(10):
            for columns in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                            (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
                quarter(state, *columns)
        stream += b"".join((a + b & 0xffffffff).to_bytes(4, "little") for a, b in zip(state, words))


def sealing_context(c):
    texts = ["io.quorumvault.sealing.v1", c["cell"], c["namespace"], c["name"], c["write"]]
    form = b"".join(len(text).to_bytes(4, "big") + text.encode("ascii") for text in texts)
    return form + bytes([c["n"], c["k"]])


def masking_context(c, seq, session, x, helpers):
    form = b"io.quorumvault.masking.v1" + session.to_bytes(8, "big") + seq.to_bytes(8, "big")
    return form + bytes([x, len(helpers)]) + bytes(helpers) + sealing_context(c)


def drawn(label, length):
    """Bytes that look random and are the same in every run."""
    blocks = (hashlib.sha256(f"{label} {i}".encode()).digest() for i in itertools.count())
    return bytes(itertools.islice(itertools.chain.from_iterable(blocks), length))


def exclusive_or(one, other):
    return bytes(a ^ b for a, b in zip(one, other))


def write(kind, **fields):
    print("\nkind: " + kind)
    for name, value in fields.items():
        if isinstance(value, bytes):
            value = value.hex()
        elif isinstance(value, (list, tuple)):
            value = ",".join(v.hex() if isinstance(v, bytes) else str(v) for v in value)
        print(f"{name}: {value}")


def write_split(label, k, n, secret, points):
    coefficients = [drawn(f"{label} {degree}", len(secret)) for degree in range(1, k)]
    shares = split(secret, coefficients, n)
    assert at(0, shares, points) == secret
    assert all(at(x, shares, points) == shares[x - 1] for x in (1, n))
    write("split", k=k, n=n, secret=secret, coefficients=coefficients, shares=shares, points=points)


def write_seal(label, c, value, helpers, x):
    key = drawn(label + " key", 32)
    payload = key + len(value).to_bytes(4, "big") + value
    payload += bytes(-len(payload) % 64)
    coefficients = [drawn(f"{label} {degree}", len(payload)) for degree in range(1, c["k"])]
    shares = split(payload, coefficients, c["n"])
    context = sealing_context(c)
    message = context + len(value).to_bytes(4, "big") + value + c["encoding"].encode("ascii")
    write("seal", **c, value=value, key=key, coefficients=coefficients, shares=shares,
          commitment=hmac.new(key, message, hashlib.sha256).digest(),
          digests=[hashlib.sha256(context + bytes([j]) + share).digest()
                   for j, share in enumerate(shares, start=1)])

    seq, session = 3, 0x0102030405060708
    form = masking_context(c, seq, session, x, helpers)
    pairs = list(itertools.combinations(helpers, 2))
    seeds = {pair: drawn(f"{label} seed {pair}", 32) for pair in pairs}
    contributions = []
    for own in helpers:
        weight = lagrange(helpers, own, x)
        contribution = bytes(times(weight, byte) for byte in shares[own - 1])
        for pair in pairs:
            if own in pair:
                mask = chacha20(hmac.new(seeds[pair], form, hashlib.sha256).digest(), len(payload))
                contribution = exclusive_or(contribution, mask)
        contributions.append(contribution)
    total = bytes(len(payload))
    for contribution in contributions:
        total = exclusive_or(total, contribution)
    assert total == shares[x - 1]
    write("masks", **{name: c[name] for name in ("cell", "namespace", "name", "write", "k", "n")},
          seq=seq, session=session, x=x, helpers=helpers, shares=[shares[h - 1] for h in helpers],
          pairs=[f"{a}-{b}" for a, b in pairs], seeds=[seeds[pair] for pair in pairs],
          contributions=contributions, share=total)


def main():
    # FIPS 197, sections 4.2 and 4.2.1; RFC 8439, appendix A.1, test vectors 1 and 2.
    assert times(0x57, 0x83) == 0xc1 and times(0x57, 0x13) == 0xfe and over(0xc1, 0x83) == 0x57
    assert chacha20(bytes(32), 16).hex() == "76b8e0ada0f13d90405d6ae55386bd28"
    assert chacha20(bytes(32), 80)[64:].hex() == "9f07e7be5551387a98ba977c732d080d"

    print("# Written by src/test/vectors/vectors.py, which says how. Never written anew.")
    counting = bytes(range(256))
    write_split("least", 2, 2, b"\0", [1, 2])
    write_split("one", 2, 3, b"\xff", [3, 1])
    write_split("short", 3, 5, counting[1:64], [5, 1, 3])
    write_split("even", 3, 5, counting[64:128], [2, 4, 5])
    write_split("long", 4, 7, counting[128:193], [7, 6, 2, 1])
    write_split("zeros", 3, 5, bytes(9), [1, 2, 3])
    write_split("ones", 5, 8, b"\xff" * 9, [8, 6, 4, 3, 1])
    write_split("all", 6, 6, counting[:17], [6, 5, 4, 3, 2, 1])
    write_split("wide", 2, 255, b"\x80\x01", [255, 128])

    common = {"cell": "cell-1", "namespace": "demo", "name": "DB_PASSWORD", "write": "1.7.42"}
    write_seal("text", {**common, "k": 3, "n": 5, "encoding": "utf-8"},
               "p\u00e4ssw\u00f6rd \u20ac".encode(), [1, 3, 5], 2)
    write_seal("bytes", {**common, "k": 2, "n": 3, "encoding": "base64"}, counting[:93], [2, 3], 1)
    write_seal("names", {"cell": "c", "namespace": "a-9", "name": "_" + 127 * "x",
                         "write": "255.9007199254740993.1", "k": 4, "n": 6, "encoding": "utf-8"},
               bytes(28), [1, 2, 5, 6], 4)


main()
