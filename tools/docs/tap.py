"""Runs the functions named test_* of a module and prints TAP; an argument selects those whose name holds it."""

import sys
import traceback


def run(module):
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    tests = [(name, test) for name, test in vars(module).items() if name.startswith("test_") and wanted in name]
    failed = 0
    for number, (name, test) in enumerate(tests, 1):
        try:
            test()
            print(f"ok {number} - {name}")
        except AssertionError as error:
            failed += 1
            print(f"not ok {number} - {name}")
            for line in str(error).splitlines()[:40] or [traceback.format_exc()]:
                print(f"  {line}")
    print(f"1..{len(tests)}")
    sys.exit(1 if failed else 0)


def none(problems):
    """Fails with one line for each problem."""
    assert not problems, "\n".join(problems)
