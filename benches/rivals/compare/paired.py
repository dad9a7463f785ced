"""Whether two systems differ on the same cases."""

from math import comb


def sign_test(won: int, lost: int) -> float:
    """Two-sided, on the cases that one of them alone gets right (McNemar's test in its exact form)."""
    n, fewer = won + lost, min(won, lost)
    tail = sum(comb(n, k) for k in range(fewer + 1)) / 2**n
    return min(1.0, 2 * tail)
