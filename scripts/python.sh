# Sets PYTHON to the first Python of version 3.11 or newer, or says what is missing.
PYTHON=
for candidate in "${HENGJIAN_PYTHON:-}" python3.11 python3.12 python3.13 python3.14 python3 python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        PYTHON=$candidate
        break
    fi
done
if [ -z "$PYTHON" ]; then
    echo "没有找到 Python 3.11 或更新的版本。请先安装（Debian/Ubuntu：apt-get install python3.11 python3.11-venv），" >&2
    echo "或用环境变量 HENGJIAN_PYTHON 指明解释器的路径。" >&2
    exit 1
fi
