/*
 * Every function of the library, as a jump to an address that is given later: lets the client run on a library that no
 * dynamic linker has loaded.
 */
void *coreengine_slots[1024] __attribute__((visibility("default")));

/* The asm below reaches the table at a fixed distance, so it goes by a name that is not preempted. */
__attribute__((visibility("hidden"), alias("coreengine_slots"))) extern void *local_slots[1024];

#define COREENGINE_EXPORT(index, name, kind)                                                                             \
    __asm__(".text\n.globl " #name "\n.type " #name ", @function\n" #name ":\n  endbr64\n  jmp *local_slots+8*" #index   \
            "(%rip)\n");
#include "exports.inc"
