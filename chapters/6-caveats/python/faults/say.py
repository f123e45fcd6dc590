"""What the counterparts share: a line in the reader's language, as `say!` in Rust."""

import os


def say(english, japanese):
    print(japanese if os.environ.get("LESSON_LANG") == "ja" else english, flush=True)
