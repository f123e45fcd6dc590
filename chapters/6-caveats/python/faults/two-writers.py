"""Two processes write to one end of a pipe."""

from multiprocessing import get_context

from say import say

fork = get_context("fork")


def write(writer, byte):
    for _ in range(100):
        writer.send_bytes(bytes([byte]) * 60_000)


if __name__ == "__main__":
    reader, writer = fork.Pipe(duplex=False)
    for byte in (1, 2):
        fork.Process(target=write, args=(writer, byte), daemon=True).start()
    mixed = 0
    for _ in range(200):
        try:
            frame = reader.recv_bytes()
        except OSError as error:
            say(f"after mixed frames: {error}", f"フレームが混ざったあげく: {error}")
            break
        mixed += frame != frame[:1] * 60_000
        if mixed:
            say("frames are mixed", "フレームが混ざる")
    else:
        say(f"{mixed} of 200 frames are mixed", f"200個中{mixed}個のフレームが混ざる")
