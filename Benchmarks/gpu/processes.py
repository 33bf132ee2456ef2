"""Programs that print JSON lines, each with a limit of time."""

import json
import os
import signal
import subprocess
import time


class Outcome:
    """What a program printed, and how it ended."""

    def __init__(self, output, complaints, status, seconds, timed_out):
        self.output, self.complaints = output, complaints
        self.status, self.seconds, self.timed_out = status, seconds, timed_out

    @property
    def records(self):
        """The JSON objects among the lines."""
        result = []
        for line in self.output.splitlines():
            if line.startswith("{"):
                try:
                    result.append(json.loads(line))
                except ValueError:
                    # The last line of a program that was stopped.
                    pass
        return result

    @property
    def complaint(self):
        """The last line of the errors, else how the program ended."""
        lines = [line.strip() for line in self.complaints.splitlines() if line.strip()]
        if self.timed_out:
            return f"stopped after {self.seconds:.0f} s"
        return lines[-1][:300] if lines else f"exit status {self.status}"


class Runner:
    """Runs programs one after the other until a point in time."""

    def __init__(self, end, environment):
        self.end, self.environment = end, environment

    @property
    def left(self):
        """The seconds until the end."""
        return self.end - time.monotonic()

    def run(self, command, limit, **variables):
        """Runs a program for at most `limit` seconds; None where hardly any time is left."""
        limit = min(limit, self.left)
        if limit < 3:
            return None
        begin = time.monotonic()
        try:
            process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                env={**self.environment, **variables},
                start_new_session=True,
            )
        except OSError as error:
            return Outcome("", f"{command[0]} cannot be started: {error.strerror}", 127, 0, False)
        timed_out = False
        try:
            output, complaints = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            timed_out = True
            # Its children too, such as those of compute-sanitizer: the session is theirs alone.
            os.killpg(process.pid, signal.SIGKILL)
            output, complaints = process.communicate()
        return Outcome(output, complaints, process.returncode, time.monotonic() - begin, timed_out)
