"""What a child runs raises an exception."""

from multiprocessing import get_context

from say import say


def fail():
    raise RuntimeError("out of paper")


if __name__ == "__main__":
    child = get_context("fork").Process(target=fail)
    child.start()
    child.join()
    say(
        f"exit code {child.exitcode}; why is only on standard error",
        f"終了コード{child.exitcode}。理由は標準エラー出力にしか出ない",
    )
