"""Two processes do value += 1, 100,000 times each."""

from multiprocessing import get_context

from say import say

fork = get_context("fork")


def add(value):
    for _ in range(100_000):
        value.value += 1


if __name__ == "__main__":
    value = fork.Value("q", 0)
    children = [fork.Process(target=add, args=(value,)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    lost = 200_000 - value.value
    say(f"{lost} of 200000 are lost", f"200000回のうち{lost}回が失われる")
