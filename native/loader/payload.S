/* The three packed libraries. The folder that is searched for them is the assembler's -I. */
    .section .rodata
    .macro payload name, file
    .global coreengine_\name, coreengine_\name\()_end
    .hidden coreengine_\name, coreengine_\name\()_end
    .balign 64
coreengine_\name:
    .incbin "\file"
coreengine_\name\()_end:
    .endm

    payload v2, "v2.packed"
    payload v3, "v3.packed"
    payload v4, "v4.packed"

    .section .note.GNU-stack, "", @progbits
