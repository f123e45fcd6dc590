"""The counterpart of `pool-unordered`: results in the items' order, and as they come."""

from multiprocessing import Pool

LIMITS = [100_000, 1_000, 2_000, 3_000, 4_000]


def count_primes(limit):
    primes = sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, limit))
    return limit, primes


if __name__ == "__main__":
    with Pool(2) as pool:
        print("imap          :", list(pool.imap(count_primes, LIMITS)))
        print("imap_unordered:", list(pool.imap_unordered(count_primes, LIMITS)))
