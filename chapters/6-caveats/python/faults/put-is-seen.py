"""Is the queue ever empty right after put?"""

from multiprocessing import get_context

from say import say

if __name__ == "__main__":
    queue, missed = get_context("fork").Queue(), 0
    for n in range(2000):
        queue.put(n)
        missed += queue.empty()
        queue.get()
    say(f"not seen {missed} times of 2000", f"2000回中{missed}回は見つからない")
