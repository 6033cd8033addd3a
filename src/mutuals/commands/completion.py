"""Print what lets a shell complete the commands and their options.

For example: mutuals completion bash

Write it where your shell looks: bash into ~/.local/share/bash-completion/completions/mutuals, zsh as _mutuals into a folder of
its fpath.
"""

import argparse

import shtab


def register(parser: argparse.ArgumentParser) -> None:
    """Add the argument."""
    parser.add_argument("shell", choices=shtab.SUPPORTED_SHELLS, help="the shell that is to complete")


def run(arguments: argparse.Namespace) -> int:
    """Print the script for all commands."""
    from mutuals.commands import parser

    print(shtab.complete(parser([]), shell=arguments.shell))
    return 0
