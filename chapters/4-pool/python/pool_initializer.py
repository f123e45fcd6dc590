"""The counterpart of `pool-initializer`: every worker prepares a table once.

An initializer that fails is not shown: Python starts such workers again and again, for ever.
"""

from multiprocessing import Pool

primes = None


def prepare(limit):
    global primes
    primes = [n for n in range(2, limit) if all(n % d for d in range(2, int(n**0.5) + 1))]


def prime(place):
    return primes[place]


if __name__ == "__main__":
    with Pool(2, initializer=prepare, initargs=(10_000,)) as pool:
        print("primes:", pool.map(prime, [0, 9, 99, 999], chunksize=1))
    print("and the parent:", primes)
