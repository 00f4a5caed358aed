"""``python -m hengjian``."""

from hengjian.cli import main

main()
