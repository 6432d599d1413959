"""Reads files in base64, one a line, and writes the variables of each: name:value in base64, or !."""
import base64
import io
import logging
import os
import sys

from dotenv import dotenv_values

logging.disable(logging.CRITICAL)
os.environ.clear()


def encoded(text):
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


for line in sys.stdin.buffer.read().split(b"\n")[:-1]:
    # As open(path, encoding="utf-8") gives it, which is what python-dotenv does with a path.
    stream = io.TextIOWrapper(io.BytesIO(base64.b64decode(line)), encoding="utf-8")
    try:
        values = dotenv_values(stream=stream)
        print(" ".join(f"{encoded(n)}:{encoded(v)}" for n, v in values.items() if v is not None))
    except Exception:
        print("!")
