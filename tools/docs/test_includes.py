#!/usr/bin/env python3
"""The include graph: this repository keeps the rules, and each kind of wrong arrow is found. TAP on standard output."""

import pathlib
import subprocess
import sys
import tempfile

import tap
from sources import ROOT, read

SCRIPT = ROOT / "tools/checks/includes.py"
SERVICES = "apps/api-service/src/app/services"


def examine(files):
    """Runs the check over a small repository that has the page of this one and these files."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        excused = "apps/api-service/src/app/infrastructure/authenticator.cpp"
        everything = {"docs/architecture.md": read("docs/architecture.md"),
                      excused: '#include "app/services/auth/store.h"\n', f"{SERVICES}/auth/store.h": "", **files}
        for path, text in everything.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        ran = subprocess.run([sys.executable, str(SCRIPT), str(root)], capture_output=True, text=True)
        return ran.returncode, ran.stdout + ran.stderr


def refused(files, words):
    status, said = examine(files)
    assert status == 1 and words in said, f"exit {status}: {said}"


def test_this_repository_has_only_allowed_arrows():
    ran = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout


def test_a_clean_feature_passes():
    status, said = examine({f"{SERVICES}/a/types.h": "", f"{SERVICES}/b/service.cpp": '#include "app/services/a/types.h"\n'})
    assert status == 0, said


def test_a_feature_may_not_see_the_store_of_another():
    refused({f"{SERVICES}/a/store.h": "", f"{SERVICES}/b/service.cpp": '#include "app/services/a/store.h"\n'}, "the feature a shows")


def test_a_feature_may_not_see_the_routes_of_another():
    refused({f"{SERVICES}/a/feature.h": "", f"{SERVICES}/b/routes.cpp": '#include "app/services/a/feature.h"\n'}, "the feature a shows")


def test_the_composition_may_see_every_feature():
    status, said = examine({f"{SERVICES}/a/feature.h": "", "apps/api-service/src/app/composition.cpp": '#include "app/services/a/feature.h"\n'})
    assert status == 0, said


def test_the_runtime_may_not_see_the_application():
    refused({"apps/api-service/src/app/settings.h": "", "packages/starter_runtime/src/core/a.cpp": '#include "app/settings.h"\n'},
            "runtime may not include application")


def test_the_console_may_not_see_the_application():
    refused({"apps/api-service/src/app/settings.h": "", "packages/starter_console/src/main.cpp": '#include "app/settings.h"\n'},
            "console may not include application")


def test_a_provider_may_see_the_runtime_and_not_the_reverse():
    header = {"packages/starter_runtime/include/starter/core/a.h": "", "packages/starter_providers/include/starter/providers/b.h": ""}
    status, said = examine({**header, "packages/starter_providers/src/c.cpp": '#include "starter/core/a.h"\n'})
    assert status == 0, said
    refused({**header, "packages/starter_runtime/src/core/c.cpp": '#include "starter/providers/b.h"\n'}, "runtime may not include providers")


def test_runtime_modules_keep_their_order():
    refused({"packages/starter_runtime/include/starter/http/a.h": "", "packages/starter_runtime/src/redis/b.cpp": '#include "starter/http/a.h"\n'},
            "redis may not include http")


def test_an_unknown_module_must_be_put_on_the_page():
    refused({"packages/starter_runtime/include/starter/core/a.h": "", "packages/starter_runtime/src/novel/b.cpp": '#include "starter/core/a.h"\n'},
            "does not name the module novel")


def test_a_feature_includes_no_library_of_the_runtime():
    refused({f"{SERVICES}/a/service.cpp": "#include <libpq-fe.h>\n"}, "a feature knows nothing of <libpq-fe.h>")


def test_an_include_of_nothing_is_found():
    refused({f"{SERVICES}/a/service.cpp": '#include "app/services/a/gone.h"\n'}, "is no file of this repository")


def test_an_exception_that_nobody_needs_is_found():
    refused({"apps/api-service/src/app/infrastructure/authenticator.cpp": ""}, "is not needed any more")


if __name__ == "__main__":
    tap.run(sys.modules[__name__])
