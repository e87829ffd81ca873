#!/bin/sh
# Runs once, when PostgreSQL's data folder is new: the two roles and the database, as everywhere else.
# The passwords go in by standard input: an argument could be read by every process.
set -eu
psql --no-psqlrc --quiet --username=postgres --dbname=postgres <<SQL
\\getenv owner_password JISHI_OWNER_PASSWORD
\\getenv app_password JISHI_APP_PASSWORD
\\set database jishi
\\i /opt/roles/roles.sql
SQL
