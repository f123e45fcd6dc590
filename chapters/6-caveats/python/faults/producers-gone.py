"""All producers are gone: does the consumer learn of it?"""

from multiprocessing import get_context

from say import say

fork = get_context("fork")

if __name__ == "__main__":
    queue = fork.Queue()
    child = fork.Process(target=queue.put, args=(1,))
    child.start()
    queue.get()
    child.join()
    queue.get()
    say("get has returned", "getが戻った")
