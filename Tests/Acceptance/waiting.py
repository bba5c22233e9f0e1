"""Waiting for a stated condition, with a deadline, instead of sleeping for luck."""

import time


def wait_until(condition, what, seconds=30.0):
    """Asks `condition` again and again until it gives something true, and gives that back.

    `what` finishes the sentence "after N s it was still not so that …".
    """
    deadline = time.monotonic() + seconds
    pause = 0.01
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:g} s it was still not so that {what}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.25)
