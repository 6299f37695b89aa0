// The hostile agent: one program with a command for each attack. It prints the results, and the tests judge them.
#ifndef ATTACKER_H
#define ATTACKER_H

void attack_init_process(void);
void attack_proc_files(void);
void attack_run_directory(void);
void attack_foreign_calls(void);
void hand_over_stdout(void);
void use_own_rights(void);
void attack_next_child(void);

void stubborn_tree(int depth);
void orphans(int count);
void siblings(int count);
void fork_bomb(int seconds);
void stopped_tree(void);

void flood(long long bytes);
void long_line(long long bytes);
void both_streams(int lines);

void relay_echo(int port, long bytes);
void relay_many(int port, int count);
void relay_half_close(int port);

// Prints "name: ok" or "name: ERRNO".
void told(const char *name, long result);

#endif
