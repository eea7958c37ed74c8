# Copyright (c) 2026 the assumerole.s3 contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts and stops an emulator of AWS on loopback ports of its own. Needs nothing but Python.

    python tests/emulators/emulator.py start {enforcing,localstack} STATE_DIR
    python tests/emulators/emulator.py stop STATE_DIR
    python tests/emulators/emulator.py run {enforcing,localstack} STATE_DIR COMMAND ...

``run`` starts, runs the command with the emulator's environment and AWS and Ansible files of its own, and stops.

STATE_DIR then holds ``env`` (for the shell: ``. STATE_DIR/env``), ``env.json``, ``emulator.log`` and, for the enforcing
one, ``requests.log`` and ``ca.pem``. When AWS_ENDPOINT_URL is set already, that endpoint is used instead.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent

#: The emulators' operator. MiniStack takes it for the root user; LocalStack takes anybody.
OPERATOR = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}
START_SECONDS = 90
#: An emulator keeps nothing that is worth a longer farewell, and clients that stay connected would hold it up.
STOP_SECONDS = 3

Env = dict[str, str]
Process = subprocess.Popen[bytes]


class Trouble(Exception):
    """What went wrong, in a sentence."""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Start or stop an emulator of AWS.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    start_parser = verbs.add_parser("start")
    start_parser.add_argument("name", choices=["enforcing", "localstack"])
    start_parser.add_argument("state_dir", type=Path)
    verbs.add_parser("stop").add_argument("state_dir", type=Path)
    run_parser = verbs.add_parser("run")
    run_parser.add_argument("name", choices=["enforcing", "localstack"])
    run_parser.add_argument("state_dir", type=Path)
    run_parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    state_dir = arguments.state_dir.resolve()
    try:
        if arguments.verb == "run":
            sys.exit(run(arguments.name, state_dir, arguments.command))
        print(start(arguments.name, state_dir) if arguments.verb == "start" else stop(state_dir))
    except Trouble as trouble:
        sys.exit(str(trouble))


def start(name: str, state_dir: Path) -> str:
    """Start the emulator and wait until it answers; gives a line that says where it is."""
    if running_pid(state_dir):
        raise Trouble(f"An emulator runs in {state_dir} already: stop it first.")
    shutil.rmtree(state_dir, ignore_errors=True)
    state_dir.mkdir(parents=True, mode=0o700)
    if os.environ.get("AWS_ENDPOINT_URL"):
        write_env(state_dir, {key: value for key, value in os.environ.items() if key.startswith("AWS_")})
        return f"{os.environ['AWS_ENDPOINT_URL']} is used, as AWS_ENDPOINT_URL says; nothing was started."
    env = enforcing(state_dir) if name == "enforcing" else localstack(state_dir)
    write_env(state_dir, env)
    return f"{name}: {env['AWS_ENDPOINT_URL']} (log: {state_dir / 'emulator.log'})"


def run(name: str, state_dir: Path, command: list[str]) -> int:
    """Run a command beside the emulator, which is stopped whatever comes of it; gives the command's exit code."""
    print(start(name, state_dir), flush=True)
    try:
        return subprocess.run(command, check=False, cwd=CHECKOUT, env=client_environment(state_dir)).returncode
    finally:
        print(stop(state_dir), flush=True)


def client_environment(state_dir: Path) -> Env:
    """The emulator's variables instead of the caller's, and no file outside of the state and the checkout."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    emulator: Env = json.loads((state_dir / "env.json").read_text())
    own_files = {
        "AWS_SHARED_CREDENTIALS_FILE": str(state_dir / "credentials"),
        "AWS_CONFIG_FILE": str(state_dir / "config"),
        "ANSIBLE_HOME": str(state_dir / "ansible"),
        "ANSIBLE_REMOTE_TMP": str(state_dir / "ansible" / "tmp"),
        "PATH": os.pathsep.join([str(CHECKOUT / ".venv" / "bin"), os.environ["PATH"]]),
    }
    return {**inherited, **emulator, **own_files}


def enforcing(state_dir: Path) -> Env:
    """MiniStack, which verifies signatures and evaluates policies."""
    tls_port, plain_port = free_ports(2)
    settings = {
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(tls_port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "SERVICES": "iam,sts,s3,kms,secretsmanager,ssm,organizations",
        "TMPDIR": str(state_dir),
        "LOG_LEVEL": "WARNING",
    }
    arguments = [str(HERE / "enforcing.py"), str(state_dir), str(tls_port), str(plain_port)]
    process = launch("enforcing", arguments, settings, state_dir)
    env = {
        "AWS_ENDPOINT_URL": f"https://127.0.0.1:{tls_port}",
        "AWS_CA_BUNDLE": str(state_dir / "ca.pem"),
        "PLAIN_HTTP_ENDPOINT_URL": f"http://127.0.0.1:{plain_port}",
        **OPERATOR,
    }
    wait_until_healthy(env, state_dir, process)
    return env


def localstack(state_dir: Path) -> Env:
    """LocalStack's community edition in host mode, which lets everybody do everything."""
    (port,) = free_ports(1)
    settings = {
        "SERVICES": "iam,sts,s3,kms,secretsmanager,ssm",
        "EAGER_SERVICE_LOADING": "1",
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "FILESYSTEM_ROOT": str(state_dir / "root"),
        "TMPDIR": str(state_dir),
        "OVERRIDE_IN_DOCKER": "false",  # in a container it would keep its files outside of FILESYSTEM_ROOT
        "GATEWAY_SERVER": "hypercorn",  # its other server listens on every address
        "DNS_ADDRESS": "0",
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
    }
    process = launch("localstack", ["-m", "localstack.runtime.main"], settings, state_dir)
    env = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", **OPERATOR}
    wait_until_healthy(env, state_dir, process)
    return env


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, all held until the last is found, so that they differ."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _number in range(count)]
    ports = [int(held.getsockname()[1]) for held in sockets]
    for held in sockets:
        held.close()
    return ports


def launch(name: str, arguments: list[str], settings: Env, state_dir: Path) -> Process:
    """Start the program in a session of its own, without the caller's AWS_* variables."""
    python = CHECKOUT / ".venvs" / name / "bin" / "python"
    if not python.exists():
        raise Trouble(f"The emulator {name} is not installed: run make env-{name}.")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    with (state_dir / "emulator.log").open("wb") as log:
        process = subprocess.Popen(
            [str(python), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=state_dir,
            env={**inherited, **settings},
            start_new_session=True,
        )
    (state_dir / "pid").write_text(f"{process.pid}\n")
    return process


def wait_until_healthy(env: Env, state_dir: Path, process: Process) -> None:
    """Ask for its health until it answers; when it does not, stop it and show the end of its log.

    Our own child is asked whether it runs: a process that has just begun has no command line yet to be known by.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if healthy(env):
            return
        time.sleep(0.1)
    end = (state_dir / "emulator.log").read_text(errors="replace")[-3000:]
    kill(state_dir)
    raise Trouble(f"The emulator did not start; its log ends with:\n{end}")


def healthy(env: Env) -> bool:
    """Whether the emulator answers."""
    bundle = env.get("AWS_CA_BUNDLE")
    try:
        context = ssl.create_default_context(cafile=bundle) if bundle else None
        with urllib.request.urlopen(env["AWS_ENDPOINT_URL"] + "/_localstack/health", timeout=2, context=context):
            return True
    except (OSError, urllib.error.URLError):
        return False


def stop(state_dir: Path) -> str:
    """Stop what runs, if anything, and remove the state; gives a line that says so."""
    pid = kill(state_dir)
    shutil.rmtree(state_dir, ignore_errors=True)
    return f"stopped (process {pid})" if pid else "nothing was running"


def kill(state_dir: Path) -> int | None:
    """End exactly the process that was started here, and what it started."""
    pid = running_pid(state_dir)
    if pid is None:
        return None
    os.killpg(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while running_pid(state_dir):
        if time.monotonic() > deadline:
            os.killpg(pid, signal.SIGKILL)
        time.sleep(0.05)
    return pid


def running_pid(state_dir: Path) -> int | None:
    """The process that was started here, when it still runs and no other has got its number since."""
    try:
        pid = int((state_dir / "pid").read_text())
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass
    except (OSError, ValueError):
        return None
    ps = ["ps", "-ww", "-o", "stat=,command=", "-p", str(pid)]  # or a long path is cut off at 80 columns
    command = subprocess.run(ps, check=False, capture_output=True, text=True).stdout
    alive = command.strip() and not command.startswith("Z")
    return pid if alive and ("localstack" in command or str(HERE) in command) else None


def write_env(state_dir: Path, env: Env) -> None:
    """The environment of a client, for the shell and for programs."""
    lines = [f"export {key}={shlex.quote(value)}\n" for key, value in sorted(env.items())]
    (state_dir / "env").write_text("".join(lines))
    (state_dir / "env.json").write_text(json.dumps(env, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
