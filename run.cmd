@echo off
rem Set up everything in .venv, then start the site with the samples; arguments go on to the command.
cd /d "%~dp0"
py -3 scripts\bootstrap.py run %*
