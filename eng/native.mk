# How the programs in C are built: each one static file that needs nothing of where it runs. Includers set BUILD.
ifeq ($(origin CC),default)
CC := gcc
endif
BUILD ?= build
SOURCES := $(wildcard *.c)
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
MACHINE := $(shell $(CC) -dumpmachine)

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef -Wformat=2
HARDENING := -fPIE -fstack-protector-strong -fstack-clash-protection -ftrivial-auto-var-init=zero -D_FORTIFY_SOURCE=2
ifneq ($(filter x86_64%,$(MACHINE)),)
HARDENING += -fcf-protection
else ifneq ($(filter aarch64%,$(MACHINE)),)
HARDENING += -mbranch-protection=standard
endif
CFLAGS := -std=c11 -D_GNU_SOURCE -O2 -g0 $(WARNINGS) $(HARDENING) -ffunction-sections -fdata-sections $(EXTRA_CFLAGS)
# -static-pie: static, and still at a random address.
LDFLAGS := -static-pie -Wl,-z,relro,-z,now,-z,noexecstack,--gc-sections -s
NATIVE := $(lastword $(MAKEFILE_LIST))

$(BUILD)/%.o: %.c $(wildcard *.h) Makefile $(NATIVE)
	@mkdir -p $(BUILD)
	@$(CC) $(CFLAGS) -c -o $@ $<
