#!/usr/bin/awk -f
# Reads what debootstrap prints and adds how far it is. Use: debootstrap … | packages.sh
/^I: Retrieving [^R]/ { print "-- " ++fetched " packages fetched" }
/^I: Unpacking / { if (!(($3) in unpacked)) { unpacked[$3]; print "-- " ++opened " of " fetched " packages unpacked" } }
/^I: Configuring / { if (!(($3) in configured)) { configured[$3]; print "-- " ++done " of " fetched " packages installed" } }
{ print; fflush() }
