@echo off
rem Set up everything in .venv, then run every test; arguments go on to pytest.
cd /d "%~dp0"
py -3 scripts\bootstrap.py test %*
